/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading boot bundles (abi/bundle.h, docs/bundle.md): the firmware's parser and the host tool's.
 */
#ifndef LIB_BUNDLE_H
#define LIB_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include "abi/bundle.h"
#include "lib/elf.h"
#include "lib/range.h"

/* Where a bundle's parts lie in its image; checked, so no sum of an offset and a size wraps. */
struct bundle {
	uint64_t version;		/* BUNDLE_VERSION* */
	uint64_t file_offset;		/* of the image in the file */
	uint64_t image_size, image_memory, total_size;
	uint64_t blob_offset, blob_room;	/* version 1: 0 */
	struct bundle_place {
		uint64_t offset, size;	/* size 0: there is none */
		uint8_t digest[BUNDLE_DIGEST_SIZE];
	} part[BUNDLE_PARTS];
};

/* The parts in the order in which they lie in a bundle of that version. */
const uint8_t *bundle_order(uint64_t version);

/* What an ultravisor measures, as offsets in the image; what lies beyond is judged otherwise. */
struct range bundle_measured(const struct bundle *bundle);

#define BUNDLE_MANIFEST_END (BUNDLE_MANIFEST_AT + sizeof(struct bundle_manifest))

/*
 * Bytes of the file that bundle_parse_file() wants to see: ELF header, gap, image up to the
 * manifest's end.
 */
#define BUNDLE_HEAD (BUNDLE_FILE_OFFSET + BUNDLE_MANIFEST_END)

/* True if the image has a manifest at all: pefboot.elf itself has none. */
bool bundle_present(const void *image, size_t have);

/*
 * bundle_parse() - check the manifest of an image.
 * @image: its first @have bytes, at least to the manifest's end
 * Returns 0, E_BUNDLE or E_BUNDLE_VERSION.
 */
int bundle_parse(struct bundle *bundle, const void *image, size_t have);

/*
 * bundle_parse_file() - the same for a file (or a disk), by its first BUNDLE_HEAD bytes.
 * Returns 0, E_BUNDLE, E_BUNDLE_VERSION or E_NO_BOOT_IMAGE where it is something else.
 */
int bundle_parse_file(struct bundle *bundle, const void *head);

/*
 * bundle_kernel() - check the kernel in a bundle whose image is in memory.
 * @image: where it is
 * Returns 0 or an error of elf_parse(), or E_BUNDLE when the kernel would reach over the initrd.
 */
int bundle_kernel(const struct bundle *bundle, const void *image, struct elf *elf);

/*
 * bundle_blob() - the blob in a bundle whose image is in memory, as offsets in the image; empty if
 * there is none. Only its length is looked at: it is the ultravisor's to read.
 * Returns 0, E_BLOB (neither zeros nor a blob) or E_BLOB_SIZE (it claims more than its place).
 */
int bundle_blob(struct range *blob, const struct bundle *bundle, const void *image);

/*
 * blob_size() - bytes of the ESM blob at @at, a flattened tree, by its header.
 * @room: bytes that there are, at least BLOB_HEADER
 * Returns 0, E_BLOB or E_BLOB_SIZE.
 */
#define BLOB_MAGIC  0xd00dfeedU
#define BLOB_HEADER 40
int blob_size(uint64_t *size, const void *at, uint64_t room);

#endif /* LIB_BUNDLE_H */
