// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/bundle.h"

#include "lib/endian.h"
#include "lib/error.h"
#include "lib/range.h"
#include "lib/string.h"

static const char *const part_name[BUNDLE_PARTS] = { "kernel", "initrd", "command line" };

bool bundle_present(const void *image, size_t have)
{
	return have >= BUNDLE_MANIFEST_AT + sizeof(struct bundle_manifest) &&
	       memcmp((const uint8_t *)image + BUNDLE_MANIFEST_AT, BUNDLE_MAGIC, 8) == 0;
}

static bool all_zero(const uint8_t *at, size_t size)
{
	while (size--)
		if (*at++)
			return false;
	return true;
}

/* Each part comes after the one before it. @end: where that ends; moved on. */
static int read_part(struct bundle *bundle, int index, const struct bundle_part *from,
		     uint64_t *end)
{
	struct bundle_place *part = &bundle->part[index];
	struct range range;

	part->offset = be64_load(&from->offset);
	part->size = be64_load(&from->size);
	memcpy(part->digest, from->digest, sizeof(part->digest));
	if (part->size == 0 && part->offset == 0)
		return index == BUNDLE_KERNEL ? error(E_BUNDLE, "no kernel") : 0;
	if (part->size == 0 || part->offset % BUNDLE_ALIGN || part->offset < *end ||
	    !range_make(&range, part->offset, part->size) || range.end > bundle->total_size)
		return error(E_BUNDLE, "%s at 0x%lx, 0x%lx bytes", part_name[index], part->offset,
			     part->size);
	*end = range.end;
	return 0;
}

int bundle_parse(struct bundle *bundle, const void *image, size_t have)
{
	struct bundle_manifest manifest;
	uint64_t end;
	int rc = 0;

	*bundle = (struct bundle){ 0 };
	if (!bundle_present(image, have))
		return error(E_BUNDLE, "no manifest");
	memcpy(&manifest, (const uint8_t *)image + BUNDLE_MANIFEST_AT, sizeof(manifest));
	if (be32_load(&manifest.version) != BUNDLE_VERSION)
		return error(E_BUNDLE_VERSION, "version %u", be32_load(&manifest.version));
	bundle->image_size = be64_load(&manifest.image_size);
	bundle->image_memory = be64_load(&manifest.image_memory);
	bundle->total_size = be64_load(&manifest.total_size);
	end = bundle->image_memory;
	if (be32_load(&manifest.size) != sizeof(manifest) ||
	    !all_zero(manifest.reserved, sizeof(manifest.reserved)) ||
	    bundle->image_size < BUNDLE_MANIFEST_AT + sizeof(manifest) ||
	    bundle->image_size > end || end > bundle->total_size ||
	    bundle->total_size > BUNDLE_TOTAL_MAX)
		return error(E_BUNDLE, "image 0x%lx, its memory 0x%lx, total 0x%lx",
			     bundle->image_size, end, bundle->total_size);
	for (int i = 0; rc == 0 && i < BUNDLE_PARTS; i++)
		rc = read_part(bundle, i, &manifest.part[i], &end);
	if (rc == 0 && bundle->part[BUNDLE_CMDLINE].size > BUNDLE_CMDLINE_MAX)
		return error(E_BUNDLE, "command line of %lu bytes",
			     bundle->part[BUNDLE_CMDLINE].size);
	return rc;
}

int bundle_parse_file(struct bundle *bundle, const void *head)
{
	const uint8_t *at = head;
	struct elf elf;
	int rc;

	/*
	 * A bundle is known by its manifest; what else begins like an ELF file is somebody else's.
	 */
	if (be32_load(at) != 0x7f454c46 ||
	    !bundle_present(at + BUNDLE_FILE_OFFSET, BUNDLE_HEAD - BUNDLE_FILE_OFFSET))
		return error(E_NO_BOOT_IMAGE, "it starts with %08x", be32_load(at));
	rc = elf_parse(&elf, head, BUNDLE_FILE_OFFSET, UINT64_MAX);
	if (rc)
		return error(E_BUNDLE, "its ELF header: error %d", rc);
	rc = bundle_parse(bundle, at + BUNDLE_FILE_OFFSET, BUNDLE_HEAD - BUNDLE_FILE_OFFSET);
	if (rc)
		return rc;
	bundle->file_offset = BUNDLE_FILE_OFFSET;
	if (elf.segments != 1 || elf.segment[0].offset != BUNDLE_FILE_OFFSET ||
	    elf.segment[0].file_size != bundle->total_size ||
	    elf.segment[0].memory_size != bundle->total_size || elf.entry != elf.start)
		return error(E_BUNDLE, "its ELF header does not agree with its manifest");
	return 0;
}

int bundle_kernel(const struct bundle *bundle, const void *image, struct elf *elf)
{
	const struct bundle_place *kernel = &bundle->part[BUNDLE_KERNEL];
	uint64_t shift, end, limit = bundle->total_size;
	int rc =
		elf_parse(elf, (const uint8_t *)image + kernel->offset, kernel->size, kernel->size);

	if (rc)
		return rc;
	for (int i = BUNDLE_PARTS - 1; i > BUNDLE_KERNEL; i--)
		if (bundle->part[i].size)
			limit = bundle->part[i].offset;
	if (!elf_in_place(elf, BUNDLE_ALIGN, &shift))
		return 0;
	if (__builtin_add_overflow(kernel->offset + shift, elf->end - elf->start, &end) ||
	    end > limit)
		return error(E_BUNDLE, "no room for the kernel's 0x%lx bytes",
			     elf->end - elf->start);
	return 0;
}
