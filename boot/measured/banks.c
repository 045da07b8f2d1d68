// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/measured/banks.h"

#include <bearssl_hash.h>

#include "abi/tpm2.h"
#include "abi/vtpm.h"
#include "boot/measured/sha.h"
#include "lib/endian.h"
#include "lib/string.h"

const char *bank_name(enum bank bank)
{
	static const char names[BANKS][7] = { "sha1", "sha256", "sha384", "sha512" };

	return names[bank];
}

uint16_t bank_algorithm(enum bank bank)
{
	return bank == BANK_SHA1 ? TPM2_ALG_SHA1 :
				   (uint16_t)(TPM2_ALG_SHA256 + (bank - BANK_SHA256));
}
_Static_assert(TPM2_ALG_SHA512 - TPM2_ALG_SHA256 == BANK_SHA512 - BANK_SHA256, "in turn");

uint32_t bank_size(enum bank bank)
{
	return bank == BANK_SHA1 ? SHA1_SIZE : 16 + 16 * (uint32_t)bank;
}

uint32_t bank_find(uint16_t algorithm)
{
	for (enum bank bank = 0; bank < BANKS; bank++)
		if (bank_algorithm(bank) == algorithm)
			return 1U << bank;
	return 0;
}

static void sha512(struct digests *digests, enum bank bank, const void *data, size_t size)
{
	br_sha512_context context;

	if (bank == BANK_SHA384)
		br_sha384_init(&context);
	else
		br_sha512_init(&context);
	br_sha512_update(&context, data, size);
	if (bank == BANK_SHA384)
		br_sha384_out(&context, digests->of[bank]);
	else
		br_sha512_out(&context, digests->of[bank]);
}

void banks_hash(struct digests *digests, uint32_t banks, const void *data, size_t size)
{
	for (enum bank bank = 0; bank < BANKS; bank++) {
		if (!(banks & 1U << bank))
			continue;
		if (bank == BANK_SHA1)
			sha1(digests->of[bank], data, size);
		else if (bank == BANK_SHA256)
			sha256(digests->of[bank], data, size);
		else
			sha512(digests, bank, data, size);
	}
}

uint32_t banks_put(uint8_t *at, uint32_t banks, const struct digests *digests, bool little)
{
	uint8_t *start = at;

	memset(at, 0, 4);
	at += 4;
	for (enum bank bank = 0; bank < BANKS; bank++) {
		uint32_t size = bank_size(bank);

		if (!(banks & 1U << bank))
			continue;
		at[!little] = (uint8_t)bank_algorithm(bank);	/* all of them are below 256 */
		at[little] = 0;
		memcpy(at + 2, digests->of[bank], size);
		at += 2 + size;
	}
	start[little ? 0 : 3] = (uint8_t)__builtin_popcount(banks);
	return (uint32_t)(at - start);
}
