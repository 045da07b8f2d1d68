// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/bundle.h"

#include "lib/endian.h"
#include "lib/error.h"
#include "lib/string.h"

static const char *const part_name[BUNDLE_PARTS] = { "kernel", "initrd", "command line" };

const uint8_t *bundle_order(uint64_t version)
{
	static const uint8_t order[][BUNDLE_PARTS] = {
		{ BUNDLE_KERNEL, BUNDLE_INITRD, BUNDLE_CMDLINE },
		{ BUNDLE_CMDLINE, BUNDLE_KERNEL, BUNDLE_INITRD },
	};

	return order[version == BUNDLE_VERSION_BLOB];
}

struct range bundle_measured(const struct bundle *bundle)
{
	const struct bundle_place *kernel = &bundle->part[BUNDLE_KERNEL];

	return (struct range){ 0, bundle->version == BUNDLE_VERSION ?
					  bundle->total_size :
					  kernel->offset + kernel->size };
}

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

/* It comes last. It has to lie within 2 MiB where it is handed over, so it cannot be larger. */
static int read_blob_place(struct bundle *bundle, const struct bundle_manifest *manifest,
			   uint64_t end)
{
	struct range range;

	if (bundle->version == BUNDLE_VERSION)
		return 0;
	bundle->blob_offset = be64_load(&manifest->blob_offset);
	bundle->blob_room = be64_load(&manifest->blob_room);
	if (bundle->blob_offset % BUNDLE_ALIGN || bundle->blob_offset < end ||
	    bundle->blob_room % BUNDLE_ALIGN || bundle->blob_room == 0 ||
	    bundle->blob_room > BUNDLE_BLOB_MAX ||
	    !range_make(&range, bundle->blob_offset, bundle->blob_room) ||
	    range.end > bundle->total_size)
		return error(E_BUNDLE, "ESM blob at 0x%lx, room of 0x%lx bytes",
			     bundle->blob_offset, bundle->blob_room);
	return 0;
}

/* Zeros that every version has, and what only version 2 uses. */
static bool is_reserved_zero(const struct bundle_manifest *manifest, uint64_t version)
{
	return all_zero(manifest->reserved, sizeof(manifest->reserved)) &&
	       (version != BUNDLE_VERSION || (!manifest->blob_offset && !manifest->blob_room));
}

int bundle_parse(struct bundle *bundle, const void *image, size_t have)
{
	struct bundle_manifest manifest;
	const uint8_t *order;
	uint64_t end;
	int rc = 0;

	*bundle = (struct bundle){ 0 };
	if (!bundle_present(image, have))
		return error(E_BUNDLE, "no manifest");
	memcpy(&manifest, (const uint8_t *)image + BUNDLE_MANIFEST_AT, sizeof(manifest));
	bundle->version = be32_load(&manifest.version);
	if (bundle->version != BUNDLE_VERSION && bundle->version != BUNDLE_VERSION_BLOB)
		return error(E_BUNDLE_VERSION, "version %lu", bundle->version);
	bundle->image_size = be64_load(&manifest.image_size);
	bundle->image_memory = be64_load(&manifest.image_memory);
	bundle->total_size = be64_load(&manifest.total_size);
	end = bundle->image_memory;
	if (be32_load(&manifest.size) != sizeof(manifest) ||
	    !is_reserved_zero(&manifest, bundle->version) ||
	    bundle->image_size < BUNDLE_MANIFEST_AT + sizeof(manifest) ||
	    bundle->image_size > end || bundle->total_size > BUNDLE_TOTAL_MAX)
		return error(E_BUNDLE, "image 0x%lx, its memory 0x%lx, total 0x%lx",
			     bundle->image_size, end, bundle->total_size);
	order = bundle_order(bundle->version);
	for (int i = 0; rc == 0 && i < BUNDLE_PARTS; i++)
		rc = read_part(bundle, order[i], &manifest.part[order[i]], &end);
	if (rc || (rc = read_blob_place(bundle, &manifest, end)))
		return rc;
	if (bundle->part[BUNDLE_CMDLINE].size > BUNDLE_CMDLINE_MAX)
		return error(E_BUNDLE, "command line of %lu bytes, over %d",
			     bundle->part[BUNDLE_CMDLINE].size, BUNDLE_CMDLINE_MAX);
	return 0;
}

int bundle_parse_file(struct bundle *bundle, const void *head)
{
	const uint8_t *at = head;
	struct elf elf;
	int rc;

	/*
	 * A bundle is known by its manifest; what else begins like an ELF file is somebody else's.
	 */
	if (be32_load(at) != 0x7f454c46)
		return error(E_NO_BOOT_IMAGE, "it starts with %08x", be32_load(at));
	if (!bundle_present(at + BUNDLE_FILE_OFFSET, BUNDLE_HEAD - BUNDLE_FILE_OFFSET))
		return error(E_NO_BOOT_IMAGE, "another program (ELF), such as GRUB: keep it");
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
	if (bundle->blob_room)
		limit = bundle->blob_offset;
	for (int i = 0; i < BUNDLE_PARTS; i++)
		if (bundle->part[i].offset > kernel->offset && bundle->part[i].offset < limit)
			limit = bundle->part[i].offset;
	if (!elf_in_place(elf, BUNDLE_ALIGN, &shift))
		return 0;
	if (__builtin_add_overflow(kernel->offset + shift, elf->end - elf->start, &end) ||
	    end > limit)
		return error(E_BUNDLE, "no room for the kernel's 0x%lx bytes",
			     elf->end - elf->start);
	return 0;
}

int blob_size(uint64_t *size, const void *at, uint64_t room)
{
	*size = be32_load((const uint8_t *)at + 4);
	if (be32_load(at) != BLOB_MAGIC || *size < BLOB_HEADER)
		return error(E_BLOB, "it starts with %08x, size %lu", be32_load(at), *size);
	if (*size > room)
		return error(E_BLOB_SIZE, "%lu bytes, room for %lu", *size, room);
	return 0;
}

int bundle_blob(struct range *blob, const struct bundle *bundle, const void *image)
{
	const uint8_t *at = (const uint8_t *)image + bundle->blob_offset;
	uint64_t size;
	int rc;

	*blob = (struct range){ 0, 0 };
	if (!bundle->blob_room || be64_load(at) == 0)
		return 0;
	rc = blob_size(&size, at, bundle->blob_room);
	if (rc == 0)
		*blob = (struct range){ bundle->blob_offset, bundle->blob_offset + size };
	return rc;
}
