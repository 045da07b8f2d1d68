/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIB_CRC32_H
#define LIB_CRC32_H

#include <stddef.h>
#include <stdint.h>

/*
 * The CRC-32 of Ethernet and of GPT (UEFI 2.10, 5.3.2): polynomial 0x04c11db7, bits reflected,
 * inverted at both ends.
 */
uint32_t crc32(const void *at, size_t size);

#endif /* LIB_CRC32_H */
