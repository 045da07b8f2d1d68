// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/measured.h"

#include <bearssl_hash.h>

#include "lib/string.h"

#define CHUNK 4096UL	/* stays in the first cache between the two */

/* Of memory, or of zeros; one or both of the digests. */
static void feed(br_sha512_context *range, br_sha512_context *kernel, const uint8_t *at,
		 uint64_t size)
{
	static const uint8_t zeros[128];

	while (size) {
		uint64_t most = at ? CHUNK : sizeof(zeros), now = size < most ? size : most;

		if (range)
			br_sha512_update(range, at ? at : zeros, now);
		if (kernel)
			br_sha512_update(kernel, at ? at : zeros, now);
		if (at)
			at += now;
		size -= now;
	}
}

void measured_digest(uint8_t *range, uint8_t *kernel, const struct bundle *bundle,
		     const void *image)
{
	const struct bundle_place *part = &bundle->part[BUNDLE_KERNEL];
	const uint64_t end = part->offset + part->size;
	br_sha512_context context[2];
	br_sha512_context *first = range ? &context[0] : NULL;
	br_sha512_context *second = kernel ? &context[1] : NULL;
	const uint8_t *at = image;

	br_sha512_init(&context[0]);
	br_sha512_init(&context[1]);
	feed(first, NULL, at, bundle->image_size);
	feed(first, NULL, NULL, bundle->image_memory - bundle->image_size);
	feed(first, NULL, at + bundle->image_memory, part->offset - bundle->image_memory);
	feed(first, second, at + part->offset, part->size);
	feed(first, NULL, at + end, bundle_measured(bundle).end - end);
	if (range)
		br_sha512_out(first, range);
	if (kernel)
		br_sha512_out(second, kernel);
	secure_zero(context, sizeof(context));
}
