/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's RSA key in memory, uv.key=BASE+SIZE: for tests, what a real machine has in its TPM.
 */
#ifndef ULTRAVISOR_ESM_MACHINE_KEY_H
#define ULTRAVISOR_ESM_MACHINE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/esm_blob.h"

#define MACHINE_KEY_DER_MAX 2048

/*
 * machine_key_read() - take an RSA-2048 key with exponent 65537, PKCS#1 in DER (RFC 8017 A.1.2).
 * @der: @size bytes, not to be trusted; not needed afterwards. Returns NULL, or what is wrong.
 */
const char *machine_key_read(const uint8_t *der, size_t size);

bool machine_key_known(void);

/*
 * SHA-256 of its public key as OpenSSL's PEM file, which is how svm-tool names a recipient:
 * sha256sum machine-key.pub.pem
 */
void machine_key_fingerprint(uint8_t hash[ESM_FINGERPRINT_SIZE]);

/* Is it the one that everybody knows: tests/host/data/esm/machine-key.pem? */
bool machine_key_published(void);

/* As esm_unwrap(). True if the padding was right and 32 bytes were in it. */
bool machine_key_unwrap(const uint8_t cipher[ESM_CIPHER_SIZE], uint8_t key[ESM_KEY_SIZE]);

#endif /* ULTRAVISOR_ESM_MACHINE_KEY_H */
