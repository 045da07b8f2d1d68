// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: of any manifest: nothing outside is read; the image, its parts and the blob's place come
 *     one after the other, inside the whole, and no sum wraps
 * bounds: every manifest, any size of the head
 * sources: lib/bundle.c lib/elf.c lib/range.c
 * cbmc: --unwind 18 --unwindset all_zero.0:218
 * run: all
 */
#include "lib/bundle.h"

#include "tests/host/prove/prove.h"

static void check_places(const struct bundle *bundle)
{
	const uint8_t *order = bundle_order(bundle->version);
	uint64_t end = bundle->image_memory;

	claim(bundle->image_size <= bundle->image_memory);
	for (int i = 0; i < BUNDLE_PARTS; i++) {
		const struct bundle_place *part = &bundle->part[order[i]];

		claim(part->size || order[i] != BUNDLE_KERNEL);
		if (part->size == 0)
			continue;
		claim(part->offset % BUNDLE_ALIGN == 0 && part->offset >= end);
		claim(part->offset <= bundle->total_size);
		claim(part->size <= bundle->total_size - part->offset);
		end = part->offset + part->size;
	}
	if (bundle->blob_room) {
		claim(bundle->blob_offset >= end && bundle->blob_offset <= bundle->total_size);
		claim(bundle->blob_room <= bundle->total_size - bundle->blob_offset);
		claim(bundle->blob_room <= BUNDLE_BLOB_MAX);
	}
	claim(bundle->total_size <= BUNDLE_TOTAL_MAX);
	claim(bundle->part[BUNDLE_CMDLINE].size <= BUNDLE_CMDLINE_MAX);
	claim(bundle_measured(bundle).end <= bundle->total_size);
}

static uint8_t image[BUNDLE_MANIFEST_END];

int main(void)
{
	uint64_t have = any64(), size;
	struct bundle bundle;

	any_value(image);
	if (bundle_parse(&bundle, image, sizeof(image)) == 0)
		check_places(&bundle);
	/* of a shorter one not even the first byte is looked at */
	given(have < sizeof(image));
	claim(bundle_parse(&bundle, image + sizeof(image), have) != 0);
	if (have >= BLOB_HEADER && blob_size(&size, image + sizeof(image) - BLOB_HEADER, have) == 0)
		claim(size >= BLOB_HEADER && size <= have);
	return 0;
}
