/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ULTRAVISOR_ESM_HASH_H
#define ULTRAVISOR_ESM_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/esm_blob.h"

/*
 * Is @digest the SHA-512 of [@gpa, @gpa + @size) of the guest's memory? False also where that is
 * not memory. Wants the lock.
 */
bool hash_matches(uint64_t gpa, uint64_t size, const uint8_t digest[ESM_DIGEST_SIZE]);

#endif /* ULTRAVISOR_ESM_HASH_H */
