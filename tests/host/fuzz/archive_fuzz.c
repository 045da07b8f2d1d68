// SPDX-License-Identifier: GPL-2.0-or-later
/* Any initrd: is there an ESM blob in front? In memory of exactly its size, so that each stray byte shows. */
#include "boot/normal/blob.h"
#include "lib/bundle.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "tests/host/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint64_t start = (uintptr_t)data;
	struct payload payload = { .initrd = { start, start + size } };
	int rc = blob_find_archive(&payload);

	MUST(rc == 0 || rc == E_BLOB || rc == E_BLOB_SIZE);
	if (rc)
		return 0;
	MUST((range_size(payload.blob) == 0) == (payload.archive == 0));
	if (payload.archive == 0)
		return 0;
	MUST(range_contains(payload.initrd, payload.blob) && range_size(payload.blob) >= BLOB_HEADER);
	MUST(be32_load((const void *)payload.blob.start) == BLOB_MAGIC);
	MUST(payload.blob.end <= start + payload.archive && payload.archive <= size + 3);
	return 0;
}
