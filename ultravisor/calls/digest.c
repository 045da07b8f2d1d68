// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/digest.h"

#include "ultravisor/calls/contract.h"
#include "ultravisor/esm/hash.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/trial/options.h"

_Static_assert(SHA512_SIZE == ESM_DIGEST_SIZE, "the same digest");

const char *digest_check(struct contract *contract, uint64_t kbase)
{
	const uint64_t size = uv_options.digest.size;

	if (!size)
		return NULL;
	if (!memory_is_guests(kbase, size))
		return "the measured range is not in memory";
	if (!hash_matches(kbase, size, uv_options.digest.sha512))
		return "digest mismatch";
	contract->measured = size;
	return NULL;
}
