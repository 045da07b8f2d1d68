/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The linked image as one piece, for linker/image.lds. IMAGE: its path. */
#ifdef __powerpc64__
	.abiversion 2
#endif
	.section .image, "awx"
	.globl	__start
__start:
	.incbin	IMAGE
