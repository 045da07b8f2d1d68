/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the first bytes of the pefboot image say to those who carry it: itself, host tools and the
 * makers of bundles. Written by boot/doors/head.S.
 */
#ifndef ABI_IMAGE_H
#define ABI_IMAGE_H

#define IMAGE_HEADER_AT 0x10	/* offset in the image */
#define IMAGE_MAGIC	"pefboot"

#ifndef __ASSEMBLER__
#include <stdint.h>

struct image_header {		/* big-endian */
	char magic[8];		/* IMAGE_MAGIC with its NUL */
	uint8_t image_end[4];	/* bytes of the image in a file; never written at run time */
	/* bytes with data, bss and stack: 64 KiB aligned, zeros after image_end */
	uint8_t footprint[4];
};
_Static_assert(sizeof(struct image_header) == 16, "as boot/doors/head.S writes it");
#endif

#endif /* ABI_IMAGE_H */
