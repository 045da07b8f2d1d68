// SPDX-License-Identifier: GPL-2.0-or-later
/* A boot bundle: ELF header and manifest are the fuzzer's, and so is its kernel. */
#include "lib/bundle.h"
#include "lib/fail.h"
#include "tests/host/fuzz/fuzz.h"

#define HEADERS 120		/* ELF header and one program header */
#define MOST	(1UL << 20)

static uint8_t head[BUNDLE_HEAD];

/* The parts, in their order, none over another, and the blob's place after them. */
static void layout(const struct bundle *bundle)
{
	const uint8_t *order = bundle_order(bundle->version);
	const struct range measured = bundle_measured(bundle);
	const struct bundle_place *k = &bundle->part[BUNDLE_KERNEL];
	uint64_t end = bundle->image_memory;

	for (int i = 0; i < BUNDLE_PARTS; i++) {
		const struct bundle_place *part = &bundle->part[order[i]];

		if (part->size == 0)
			continue;
		MUST(part->offset >= end && part->offset % BUNDLE_ALIGN == 0);
		end = part->offset + part->size;
		MUST(end > part->offset && end <= bundle->total_size && end <= BUNDLE_TOTAL_MAX);
	}
	MUST(measured.start == 0 && measured.end <= bundle->total_size);
	MUST(measured.end >= k->offset + k->size);
	MUST((bundle->version == BUNDLE_VERSION) == (bundle->blob_room == 0));
	if (bundle->version == BUNDLE_VERSION)
		return;
	MUST(bundle->blob_offset >= end && bundle->blob_offset >= measured.end);
	MUST(bundle->blob_room <= BUNDLE_BLOB_MAX && bundle->blob_room <= bundle->total_size - bundle->blob_offset);
}

static void blob(const struct bundle *bundle, const uint8_t *image)
{
	struct range range;
	int rc = bundle_blob(&range, bundle, image);

	MUST(rc == 0 || ((rc == E_BLOB || rc == E_BLOB_SIZE) && bundle->blob_room));
	MUST(range.end >= range.start && range.end <= bundle->blob_offset + bundle->blob_room);
}

static void kernel(const struct bundle *bundle, const struct input *rest)
{
	const struct bundle_place *part = &bundle->part[BUNDLE_KERNEL];
	uint8_t *image;
	struct elf elf;

	if (bundle->total_size > MOST)
		return;
	image = calloc(1, bundle->total_size);
	blob(bundle, image);
	memcpy(image + part->offset, rest->at, rest->left < part->size ? rest->left : part->size);
	if (bundle_kernel(bundle, image, &elf) == 0)
		MUST(elf.end > elf.start);
	if (bundle->blob_room && rest->left)
		memcpy(image + bundle->blob_offset, rest->at, rest->left < 8 ? rest->left : 8);
	blob(bundle, image);
	free(image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input rest;
	struct bundle bundle;
	int rc;

	if (size < HEADERS + sizeof(struct bundle_manifest))
		return 0;
	memcpy(head, data, HEADERS);
	memcpy(head + BUNDLE_FILE_OFFSET + BUNDLE_MANIFEST_AT, data + HEADERS, sizeof(struct bundle_manifest));
	if (data[0] == 1) {		/* past what is known by heart */
		memcpy(head, "\x7f" "ELF\2\2", 6);
		memcpy(head + BUNDLE_FILE_OFFSET + BUNDLE_MANIFEST_AT, BUNDLE_MAGIC, 8);
		rc = bundle_parse(&bundle, head + BUNDLE_FILE_OFFSET, BUNDLE_HEAD - BUNDLE_FILE_OFFSET);
	} else {
		rc = bundle_parse_file(&bundle, head);
	}
	MUST(rc == 0 || rc == E_BUNDLE || rc == E_BUNDLE_VERSION || rc == E_NO_BOOT_IMAGE);
	if (rc)
		return 0;
	layout(&bundle);
	rest = (struct input){ data + HEADERS + sizeof(struct bundle_manifest),
			       size - HEADERS - sizeof(struct bundle_manifest) };
	kernel(&bundle, &rest);
	return 0;
}
