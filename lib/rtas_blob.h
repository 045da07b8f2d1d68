/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTAS as an operating system calls it: the code that lies at linux,rtas-base. */
#ifndef LIB_RTAS_BLOB_H
#define LIB_RTAS_BLOB_H

#include <stdint.h>

/*
 * The blob: mr r4,r3; lis r3,0; ori r3,r3,0xf000; sc 1; blr. Byte for byte those whose SHA-512
 * the public tool for ESM blobs has built in (open-power/svm-tools, rtas_sha512.py).
 */
#define RTAS_BLOB_WORDS 5
extern const uint32_t rtas_blob[RTAS_BLOB_WORDS];

#endif /* LIB_RTAS_BLOB_H */
