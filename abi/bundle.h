/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot bundle: pefboot.elf with its payload inside the same single PT_LOAD. docs/bundle.md
 * explains it.
 *
 *	offset in the image
 *	0		pefboot itself, and at 0x2000 of it the manifest (all zeros in pefboot.elf)
 *	image_size	end of its bytes: nothing before it changes as long as the image exists
 *	image_memory	end of pefboot's own bss and stack (zeros in the file)
 *
 *	version 1			version 2
 *	kernel				command line
 *	initrd				kernel
 *	command line			initrd
 *					place of an ESM blob
 *	total_size			total_size
 *
 *	measured: [0, total_size)	measured: [0, end of the kernel's bytes)
 *
 * The kernel is an ELF64 vmlinux, the file as it was given; the initrd comes after the memory that
 * the kernel takes where it lies; the command line is text without a NUL. Offsets of the parts are
 * multiples of BUNDLE_ALIGN, gaps are zeros. All numbers are big-endian.
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
#define BUNDLE_VERSION_BLOB  2
#define BUNDLE_DIGEST_SIZE   64		/* SHA-512 */
#define BUNDLE_CMDLINE_MAX  2047	/* Linux COMMAND_LINE_SIZE 2048 with its NUL: asm/setup.h */
#define BUNDLE_TOTAL_MAX    0x40000000UL	/* 1 GiB: it has to lie below 768 MiB */
/* An ultravisor wants the blob within one block of 2 MiB: open-power/ultravisor svm/svm-esmb.c */
#define BUNDLE_BLOB_MAX	     0x200000UL
#define BUNDLE_BLOB_ROOM     0x40000UL	/* what create makes, if not told otherwise */

enum bundle_part_index { BUNDLE_KERNEL, BUNDLE_INITRD, BUNDLE_CMDLINE, BUNDLE_PARTS };

struct bundle_part {
	uint64_t offset, size;		/* in the image, bytes; both 0: there is none */
	uint8_t digest[BUNDLE_DIGEST_SIZE];	/* SHA-512 of its @size bytes; of none: zeros */
};

struct bundle_manifest {
	uint8_t magic[8];
	uint32_t version, size;		/* BUNDLE_VERSION*, sizeof(struct bundle_manifest) */
	uint64_t image_size, image_memory, total_size;
	struct bundle_part part[BUNDLE_PARTS];
	/*
	 * Version 2: a multiple of BUNDLE_ALIGN each. The blob is as long as its totalsize says;
	 * none: zeros. No digest here covers it.
	 */
	uint64_t blob_offset, blob_room;
	uint8_t reserved[216];		/* zeros */
};
_Static_assert(sizeof(struct bundle_manifest) == 512, "one sector");

#endif /* ABI_BUNDLE_H */
