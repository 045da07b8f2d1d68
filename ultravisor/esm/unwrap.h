/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening a lockbox with the machine's key. Source of the format: open-power/svm-tools; of what the
 * real ultravisor does, open-power/ultravisor svm/svm-crypto.c svm_crypto_decrypt_lockbox().
 */
#ifndef ULTRAVISOR_ESM_UNWRAP_H
#define ULTRAVISOR_ESM_UNWRAP_H

#include <stdint.h>

#include "abi/esm_blob.h"

/*
 * esm_unwrap() - decrypt the key of a blob: RSA-OAEP, hash and MGF1 SHA-256, empty label.
 *
 * @cipher: `encrypted-symkey` of lockbox-1, not to be trusted
 * @key: 32 bytes; the caller wipes them. Zeros on failure
 *
 * Returns NULL, or why not: a constant text. Seam of the host tests.
 */
const char *esm_unwrap(const uint8_t cipher[ESM_CIPHER_SIZE], uint8_t key[ESM_KEY_SIZE]);

#endif /* ULTRAVISOR_ESM_UNWRAP_H */
