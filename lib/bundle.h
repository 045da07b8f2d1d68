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

/* Where a bundle's parts lie in its image; checked, so no sum of an offset and a size wraps. */
struct bundle {
	uint64_t file_offset;		/* of the image in the file */
	uint64_t image_size, image_memory, total_size;
	struct bundle_place {
		uint64_t offset, size;	/* size 0: there is none */
		uint8_t digest[BUNDLE_DIGEST_SIZE];
	} part[BUNDLE_PARTS];
};

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

#endif /* LIB_BUNDLE_H */
