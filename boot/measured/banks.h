/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Banks of PCRs: a TPM keeps its registers once for each hash algorithm that is active. A set of
 * banks is a mask, 1 << enum bank.
 */
#ifndef BOOT_MEASURED_BANKS_H
#define BOOT_MEASURED_BANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bank { BANK_SHA1, BANK_SHA256, BANK_SHA384, BANK_SHA512, BANKS };

#define BANK_DIGEST_MAX 64	/* bytes */
#define DIGESTS_MAX (4 + BANKS * (2 + BANK_DIGEST_MAX))

/* One value for each bank of a set. */
struct digests {
	uint8_t of[BANKS][BANK_DIGEST_MAX];
};

/* Its name for people and tools, TPM2_ALG_*, and bytes of its registers. */
const char *bank_name(enum bank bank);
uint16_t bank_algorithm(enum bank bank);
uint32_t bank_size(enum bank bank);

/* The mask of the bank with that algorithm; 0: none that we know. */
uint32_t bank_find(uint16_t algorithm);

/* Hash @size bytes once for each of @banks. */
void banks_hash(struct digests *digests, uint32_t banks, const void *data, size_t size);

/*
 * banks_put() - TPML_DIGEST_VALUES (Library, part 2, 10.9.6): u32 count; each u16 algorithm, value.
 * @little: the numbers are little-endian. Returns bytes, at most DIGESTS_MAX.
 */
uint32_t banks_put(uint8_t *at, uint32_t banks, const struct digests *digests, bool little);

#endif /* BOOT_MEASURED_BANKS_H */
