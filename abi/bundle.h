/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot bundle: pefboot.elf with its payload inside the same single PT_LOAD. docs/bundle.md
 * explains it.
 *
 *	offset in the image
 *	0		pefboot itself, and at 0x2000 of it the manifest (all zeros in pefboot.elf)
 *	image_size	end of what an ultravisor measures: nothing before it changes until UV_ESM
 *	image_memory	end of pefboot's own bss and stack (zeros in the file)
 *	kernel		an ELF64 vmlinux, the file as it was given
 *	initrd		after the memory that the kernel takes where it lies
 *	command line	text without a NUL
 *	total_size
 *
 * Offsets of the three parts are multiples of BUNDLE_ALIGN, their order is this one, gaps are
 * zeros. All numbers are big-endian.
 */
#ifndef ABI_BUNDLE_H
#define ABI_BUNDLE_H

#include <stdint.h>

#define BUNDLE_FILE_OFFSET   0x10000UL	/* of the image in the file: p_offset, p_align */
#define BUNDLE_MANIFEST_AT   0x2000UL	/* of the manifest in the image; linker/pefboot.lds */
/* of the image in memory and of each part: the ultravisor's page */
#define BUNDLE_ALIGN	     0x10000UL
#define BUNDLE_MAGIC	     "pefbundl"
#define BUNDLE_VERSION	     1
#define BUNDLE_DIGEST_SIZE   64		/* SHA-512 */
#define BUNDLE_CMDLINE_MAX  2047	/* Linux COMMAND_LINE_SIZE 2048 with its NUL: asm/setup.h */
#define BUNDLE_TOTAL_MAX    0x40000000UL	/* 1 GiB: it has to lie below 768 MiB */

enum bundle_part_index { BUNDLE_KERNEL, BUNDLE_INITRD, BUNDLE_CMDLINE, BUNDLE_PARTS };

struct bundle_part {
	uint64_t offset, size;		/* in the image, bytes; both 0: there is none */
	uint8_t digest[BUNDLE_DIGEST_SIZE];	/* SHA-512 of its @size bytes; of none: zeros */
};

struct bundle_manifest {
	uint8_t magic[8];
	uint32_t version, size;		/* BUNDLE_VERSION, sizeof(struct bundle_manifest) */
	uint64_t image_size, image_memory, total_size;
	struct bundle_part part[BUNDLE_PARTS];
	uint8_t reserved[232];		/* zeros */
};
_Static_assert(sizeof(struct bundle_manifest) == 512, "one sector");

#endif /* ABI_BUNDLE_H */
