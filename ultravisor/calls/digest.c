// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/digest.h"

#include <bearssl_hash.h>

#include "lib/string.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/options.h"

const char *digest_check(uint64_t kbase)
{
	static uint8_t page[SMALL_PAGE];
	uint8_t got[SHA512_SIZE];
	br_sha512_context sha;

	if (!uv_options.digest.size)
		return NULL;
	if (!memory_is_guests(kbase, uv_options.digest.size))
		return "the measured range is not in memory";
	br_sha512_init(&sha);
	for (uint64_t left = uv_options.digest.size, part; left; left -= part, kbase += part) {
		part = left < SMALL_PAGE ? left : SMALL_PAGE;
		guest_read(page, kbase, part);
		br_sha512_update(&sha, page, part);
	}
	br_sha512_out(&sha, got);
	return memcmp(got, uv_options.digest.sha512, sizeof(got)) ? "digest mismatch" : NULL;
}
