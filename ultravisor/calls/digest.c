// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/digest.h"

#include <bearssl_hash.h>

#include "lib/string.h"
#include "ultravisor/calls/contract.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/options.h"

const char *digest_check(struct contract *contract, uint64_t kbase)
{
	static uint8_t page[SMALL_PAGE];
	const uint64_t size = uv_options.digest.size;
	uint8_t got[SHA512_SIZE];
	br_sha512_context sha;

	if (!size)
		return NULL;
	if (!memory_is_guests(kbase, size))
		return "the measured range is not in memory";
	br_sha512_init(&sha);
	for (uint64_t done = 0, part; done < size; done += part) {
		part = size - done < SMALL_PAGE ? size - done : SMALL_PAGE;
		guest_read(page, kbase + done, part);
		br_sha512_update(&sha, page, part);
	}
	br_sha512_out(&sha, got);
	if (memcmp(got, uv_options.digest.sha512, sizeof(got)) != 0)
		return "digest mismatch";
	contract_measured(contract, kbase, size);
	return NULL;
}
