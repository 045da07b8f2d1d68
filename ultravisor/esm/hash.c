// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/hash.h"

#include <bearssl_hash.h>

#include "lib/string.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/text/guest.h"

bool hash_matches(uint64_t gpa, uint64_t size, const uint8_t digest[ESM_DIGEST_SIZE])
{
	static uint8_t page[SMALL_PAGE];
	uint8_t got[ESM_DIGEST_SIZE];
	br_sha512_context sha;

	if (!memory_is_guests(gpa, size))
		return false;
	br_sha512_init(&sha);
	for (uint64_t part; size; size -= part, gpa += part) {
		part = size < SMALL_PAGE ? size : SMALL_PAGE;
		guest_read(page, gpa, part);
		br_sha512_update(&sha, page, part);
	}
	br_sha512_out(&sha, got);
	return memcmp(got, digest, sizeof(got)) == 0;
}
