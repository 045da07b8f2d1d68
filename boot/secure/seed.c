// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/seed.h"

#include "lib/log.h"
#include "lib/random.h"

bool seed_make(uint8_t seed[SEED_SIZE])
{
	if (random_fill(seed, SEED_SIZE))
		return true;
	log_notice("notice: the CPU gives no random numbers, the kernel gets no seed");
	return false;
}
