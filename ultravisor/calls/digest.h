/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uv.digest=SIZE:SHA512: the check that an ESM blob's digest would make. */
#ifndef ULTRAVISOR_CALLS_DIGEST_H
#define ULTRAVISOR_CALLS_DIGEST_H

#include <stdint.h>

struct contract;

/*
 * Check [@kbase, @kbase + SIZE) of secure memory, and if it is right, say so to @contract. Returns
 * NULL, also without the option, or what is wrong.
 */
const char *digest_check(struct contract *contract, uint64_t kbase);

#endif /* ULTRAVISOR_CALLS_DIGEST_H */
