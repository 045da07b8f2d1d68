// SPDX-License-Identifier: GPL-2.0-or-later
/* What an ultravisor will measure of a bundle: computed from the file, by its owner. */
#include <string.h>

#include "lib/endian.h"
#include "lib/rtas_blob.h"
#include "tools/bundle/esm.h"

/* What the firmware would stop at, and what a published ultravisor refuses. */
static void check_part(const char *path, const struct bundle *bundle, const uint8_t *image,
		       enum bundle_part_index index, uint8_t found[BUNDLE_DIGEST_SIZE])
{
	const struct bundle_place *part = &bundle->part[index];

	if (!part->size)
		die("%s has no %s: an ultravisor that opens a blob refuses a guest without one",
		    path, part_names[index]);
	digest(found, image + part->offset, part->size);
	if (memcmp(found, part->digest, BUNDLE_DIGEST_SIZE) != 0)
		die("%s: its %s differs from its digest in the manifest", path, part_names[index]);
}

void measure(struct digests *digests, const char *path, const struct bundle *bundle,
	     const uint8_t *image)
{
	struct range measured = bundle_measured(bundle);
	uint8_t rtas[sizeof(rtas_blob)], kernel[BUNDLE_DIGEST_SIZE];

	if (!bundle->blob_room)
		die("%s has no place for a blob: make it with pefboot-bundle create --blob-room",
		    path);
	for (size_t i = 0; i < sizeof(rtas) / 4; i++)
		be32_store(rtas + 4 * i, rtas_blob[i]);
	digest(digests->rtas, rtas, sizeof(rtas));
	check_part(path, bundle, image, BUNDLE_KERNEL, kernel);
	check_part(path, bundle, image, BUNDLE_INITRD, digests->initrd);
	check_part(path, bundle, image, BUNDLE_CMDLINE, digests->bootargs);
	digest(digests->kernel, image + measured.start, range_size(measured));
	digests->kernel_size = (uint32_t)range_size(measured);
}
