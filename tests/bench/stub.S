/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel of the measurements: reports the timebase at its first instructions and powers off.
 *
 * To firmware it looks like a big-endian Linux image (arch/powerpc/kernel/head_64.S): first word
 * of FIXUP_ENDIAN, run_at_load at 0x5c, secondaries' entry at 0x60, and as large as Debian's. It
 * is entered as one: by a flat tree (pefboot), or by Open Firmware (SLOF, VOF); it needs neither.
 *
 *	r14	timebase at entry
 *	r15	hexadecimal digits left to print
 */
#define H_PUT_TERM_CHAR	0x58		/* PAPR; r4 = 0 is the first terminal of QEMU's machine */
#define KVMPPC_H_RTAS	0xf000		/* QEMU include/hw/ppc/spapr.h */
#define RTAS_POWER_OFF	0x2003		/* likewise: RTAS_TOKEN_BASE + 3; tokens are QEMU's own */

	.text
	.globl	_start
_start:
	.long	0x08000048		/* tdi 0,0,0x48: no trap; in the other endian, b .+8 */
	b	entry
	.org	0x5c
	.long	0x72756e30		/* run_at_load, "run0" */
	b	.			/* 0x60: secondaries would come here; none is started */

	.org	0x100
entry:
	mftb	%r14
	bcl	20, 31, 1f
1:	mflr	%r31			/* address of 1b, to find our data by */

	/* "TB=", then 16 digits one by one */
	li	%r4, 0
	li	%r5, 3
	lis	%r6, 0x5442		/* "TB=\0" in the upper half of r6 */
	ori	%r6, %r6, 0x3d00
	sldi	%r6, %r6, 32
	li	%r7, 0
	li	%r3, H_PUT_TERM_CHAR
	sc	1
	li	%r15, 16
2:	rldicl	%r14, %r14, 4, 0	/* next digit comes to the low end */
	clrldi	%r6, %r14, 60
	cmpwi	%r6, 10
	blt	3f
	addi	%r6, %r6, 'a' - '0' - 10
3:	addi	%r6, %r6, '0'
	sldi	%r6, %r6, 56
	li	%r4, 0
	li	%r5, 1
	li	%r7, 0
	li	%r3, H_PUT_TERM_CHAR
	sc	1
	addi	%r15, %r15, -1
	cmpwi	%r15, 0
	bne	2b
	lis	%r6, 0x0d0a		/* end of line */
	sldi	%r6, %r6, 32
	li	%r4, 0
	li	%r5, 2
	li	%r7, 0
	li	%r3, H_PUT_TERM_CHAR
	sc	1

	addi	%r4, %r31, power_off - 1b
	li	%r3, 0
	ori	%r3, %r3, KVMPPC_H_RTAS
	sc	1
	b	.

	.balign	8
power_off:
	.long	RTAS_POWER_OFF, 2, 1	/* token, arguments, results */
	.long	0, 0, 0

	/* As large as the vmlinux of Debian 12: it is QEMU's copying that this measures, too */
	.org	45846320 - 0x10000
	.long	0
