// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/find.h"

#include "fdt/read.h"
#include "lib/string.h"
#include "ultravisor/esm/cpio.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/text/guest.h"

static bool read_range(const void *tree, const char *start, const char *end, struct range *range)
{
	int chosen = dt_find(tree, "/chosen");

	return !dt_u32_or_u64(tree, chosen, start, &range->start) &&
	       !dt_u32_or_u64(tree, chosen, end, &range->end);
}

/* Bytes from @at to the end of its block. */
static uint64_t rest_of_block(uint64_t at)
{
	return ESM_BLOB_BLOCK - at % ESM_BLOB_BLOCK;
}

static const char *copy_named(const struct range *place, uint8_t *copy)
{
	if (place->end <= place->start || !memory_is_guests(place->start, range_size(*place)))
		return "linux,esm-blob-start and -end name no memory";
	if (range_size(*place) > rest_of_block(place->start))
		return "the blob crosses a 2 MiB boundary";
	guest_read(copy, place->start, range_size(*place));
	return NULL;
}

/* The real one knows the archive's address in its own memory, in pages of 2 MiB. */
static const char *copy_from_initrd(struct found_blob *found, uint8_t *copy)
{
	uint64_t start = found->initrd.start, size = range_size(found->initrd);
	struct cpio_blob blob;

	if (size > rest_of_block(start))
		size = rest_of_block(start);
	if (!guest_read(copy, start, size))
		return NULL;
	switch (cpio_find(&blob, copy, size, start)) {
	case CPIO_BLOB:
		found->in_initrd = true;
		found->place = (struct range){ start + blob.start, start + blob.end };
		found->initrd.start += blob.archive;
		memmove(copy, copy + blob.start, blob.end - blob.start);
		return NULL;
	case CPIO_ENDLESS:
		return "the archive with the blob does not end within 2 MiB";
	default:
		return NULL;
	}
}

const char *find_blob(struct found_blob *found, const void *tree, uint8_t *copy)
{
	*found = (struct found_blob){ 0 };
	if (!read_range(tree, "linux,initrd-start", "linux,initrd-end", &found->initrd))
		return NULL;
	if (read_range(tree, "linux,esm-blob-start", "linux,esm-blob-end", &found->place))
		return copy_named(&found->place, copy);
	found->place = (struct range){ 0 };
	return copy_from_initrd(found, copy);
}
