// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/random.h"

#include "lib/arch.h"
#include "lib/endian.h"

#define DARN_ATTEMPTS 10

/* The CPU may have no number at the moment: Power ISA 3.1 Book I 3.3.9 has ten attempts. */
static uint64_t read_random(void)
{
	uint64_t word = UINT64_MAX;

	for (int attempt = 0; attempt < DARN_ATTEMPTS && word == UINT64_MAX; attempt++)
		word = darn();
	return word;
}

bool random_fill(uint8_t *out, size_t size)
{
	for (size_t at = 0; at < size; at += 8) {
		uint64_t word = read_random();

		if (word == UINT64_MAX)
			return false;
		be64_store(out + at, word);
	}
	return true;
}
