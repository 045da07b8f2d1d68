/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /init of the boots that are timed: writes the time base at its first instruction, "TB=" and 16
 * hexadecimal digits, and powers off. Little-endian Linux; numbers: arch/powerpc/kernel/syscalls/syscall.tbl,
 * include/uapi/linux/reboot.h.
 */
	.abiversion 2
	.text
	.globl	_start
_start:
	mftb	%r14
	addi	%r1, %r1, -64
	lis	%r6, 0x3d		/* "TB=" as a little-endian word */
	ori	%r6, %r6, 0x4254
	stw	%r6, 0(%r1)
	li	%r15, 0
1:	rldicl	%r14, %r14, 4, 0	/* next digit comes to the low end */
	clrldi	%r6, %r14, 60
	cmpwi	%r6, 10
	blt	2f
	addi	%r6, %r6, 'a' - '0' - 10
2:	addi	%r6, %r6, '0'
	addi	%r7, %r15, 3
	stbx	%r6, %r1, %r7
	addi	%r15, %r15, 1
	cmpwi	%r15, 16
	blt	1b
	li	%r6, '\n'
	stb	%r6, 19(%r1)

	li	%r0, 4			/* write(1, buffer, 20) */
	li	%r3, 1
	mr	%r4, %r1
	li	%r5, 20
	sc
	li	%r0, 88			/* reboot(0xfee1dead, 0x28121969, 0x4321fedc): power off */
	lis	%r3, 0xfee1
	ori	%r3, %r3, 0xdead
	lis	%r4, 0x2812
	ori	%r4, %r4, 0x1969
	lis	%r5, 0x4321
	ori	%r5, %r5, 0xfedc
	sc
	b	.
