/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers of the CPU's: those of a host are no secret to it. */
#ifndef LIB_RANDOM_H
#define LIB_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * random_fill() - @size random bytes, a multiple of 8.
 * Returns false where the CPU has none; then part of @out may have been written.
 */
bool random_fill(uint8_t *out, size_t size);

#endif /* LIB_RANDOM_H */
