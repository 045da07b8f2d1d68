/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The linked image as one piece, for linker/image.lds. IMAGE: its path. */
	.abiversion 2
	.section .image, "awx"
	.globl	__start
__start:
	.incbin	IMAGE
