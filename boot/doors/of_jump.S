/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi/power.h"
#include "lib/asm.h"

#define FRAME 320
#define SAVED 48		/* r13..r31, then MSR */

/*
 * int of_jump(struct of_cells *cells, uint64_t client): r3 cells, r4 client interface
 *
 * It is called in 32-bit mode (PowerPC binding to IEEE 1275, 8.2.2; Linux prom_entry_64.S), may
 * keep only the lower halves of registers, and SLOF takes r13 = 1 for a little-endian client
 * (slof/entry.S). So all that C wants to see again is kept here.
 */
FUNCTION(of_jump)
	mflr	r0
	std	r0, 16(r1)
	mfcr	r0
	std	r0, 8(r1)
	stdu	r1, -FRAME(r1)
	std	r2, 24(r1)
	.irp	n, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	std	\n, SAVED + 8 * (\n - 13)(r1)
	.endr
	mfmsr	r5
	std	r5, SAVED + 8 * 19(r1)
	clrldi	r5, r5, 1
	bcl	20, 31, 1f
1:	mflr	r6
	addi	r6, r6, 2f - 1b
	mtlr	r6
	mtsrr0	r4
	mtsrr1	r5
	li	r13, 0
	rfid
2:	clrldi	r1, r1, 32
	ld	r5, SAVED + 8 * 19(r1)
	mtmsrd	r5
	isync
	extsw	r3, r3
	.irp	n, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	\n, SAVED + 8 * (\n - 13)(r1)
	.endr
	ld	r2, 24(r1)
	addi	r1, r1, FRAME
	ld	r0, 8(r1)
	mtcr	r0
	ld	r0, 16(r1)
	mtlr	r0
	blr
END(of_jump)
