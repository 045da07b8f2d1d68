/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-1 and SHA-256 (FIPS 180-4) in little space, for the PCRs of a TPM: what a bundle vouches for
 * is verified with another one, and by other code.
 */
#ifndef BOOT_MEASURED_SHA_H
#define BOOT_MEASURED_SHA_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_SIZE   20
#define SHA256_SIZE 32

void sha1(uint8_t out[SHA1_SIZE], const void *data, size_t size);
void sha256(uint8_t out[SHA256_SIZE], const void *data, size_t size);

#endif /* BOOT_MEASURED_SHA_H */
