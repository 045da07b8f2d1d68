// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/seed.h"

#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/log.h"

#define DARN_ATTEMPTS 10

/* The CPU may have no number at the moment: Power ISA 3.1 Book I 3.3.9 has ten attempts. */
static uint64_t read_random(void)
{
	uint64_t word = UINT64_MAX;

	for (int attempt = 0; attempt < DARN_ATTEMPTS && word == UINT64_MAX; attempt++)
		word = darn();
	return word;
}

bool seed_make(uint8_t seed[SEED_SIZE])
{
	for (int i = 0; i < SEED_SIZE; i += 8) {
		uint64_t word = read_random();

		if (word == UINT64_MAX) {
			log_notice("notice: the CPU gives no random numbers, "
				   "the kernel gets no seed");
			return false;
		}
		be64_store(seed + i, word);
	}
	return true;
}
