// SPDX-License-Identifier: GPL-2.0-or-later
/* A boot bundle: ELF header and manifest are the fuzzer's, and so is its kernel. */
#include "lib/bundle.h"
#include "lib/fail.h"
#include "tests/host/fuzz/fuzz.h"

#define HEADERS 120		/* ELF header and one program header */
#define MOST	(1UL << 20)

static uint8_t head[BUNDLE_HEAD];

static void kernel(const struct bundle *bundle, const struct input *rest)
{
	const struct bundle_place *part = &bundle->part[BUNDLE_KERNEL];
	uint8_t *image;
	struct elf elf;

	if (bundle->total_size > MOST)
		return;
	image = calloc(1, bundle->total_size);
	memcpy(image + part->offset, rest->at, rest->left < part->size ? rest->left : part->size);
	if (bundle_kernel(bundle, image, &elf) == 0)
		MUST(elf.end > elf.start);
	free(image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input rest;
	struct bundle bundle;
	uint64_t end = 0;
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
	for (int i = 0; i < BUNDLE_PARTS; i++) {
		const struct bundle_place *part = &bundle.part[i];

		if (part->size == 0)
			continue;
		MUST(part->offset >= end && part->offset >= bundle.image_memory && part->offset % BUNDLE_ALIGN == 0);
		end = part->offset + part->size;
		MUST(end > part->offset && end <= bundle.total_size && end <= BUNDLE_TOTAL_MAX);
	}
	rest = (struct input){ data + HEADERS + sizeof(struct bundle_manifest),
			       size - HEADERS - sizeof(struct bundle_manifest) };
	kernel(&bundle, &rest);
	return 0;
}
