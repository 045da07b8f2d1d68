/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uv.digest=SIZE:SHA512: what the digest of an ESM blob would say of the kernel. */
#ifndef ULTRAVISOR_CALLS_DIGEST_H
#define ULTRAVISOR_CALLS_DIGEST_H

#include <stdint.h>

/* Hash [@kbase, @kbase + SIZE) of secure memory. Returns NULL (also if not asked), or why not. */
const char *digest_check(uint64_t kbase);

#endif /* ULTRAVISOR_CALLS_DIGEST_H */
