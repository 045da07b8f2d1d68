/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries and vectors of L1: the first 8 KiB of the image, which stay at real address 0 (the
 * guest's first 64 KiB live elsewhere). QEMU enters at 0x100, big-endian, real mode, perhaps
 * 32-bit, with r3 = device tree; further CPUs enter at 0x1100, 64-bit, with r3 = index of their
 * struct vcpu.
 *
 * Interrupts are taken in H_CEDE only, since EE is off elsewhere; 0x100 (NMI) just sets vcpu->nmi.
 *
 *	SPRG3	this CPU's struct vcpu
 *	SPRG0-2	scratch of the vectors
 */
#include "abi/power.h"
#include "lib/asm.h"
#include "ultravisor/cpu/low.h"

#define FRAME_SIZE 512

	.section .head, "ax"
	.globl __start
__start:
	b	start

	. = LOW_WORDS				/* filled by low_install() */
	.quad	0, 0, 0, 0, 0

	. = 0x100
	b	start

	. = LOW_NMI_STUB			/* copied to 0x100 once we have started */
	mtsprg	0, r3
	mfctr	r3
	mtsprg	1, r3
	mfsprg	r3, 3
	addi	r3, r3, 1
	mtctr	r3
	bdnz	1f
	b	.				/* not started: an NMI wakes all */
1:	addi	r3, r3, -1
	std	r3, VCPU_NMI(r3)		/* any value but 0 */
	mfsprg	r3, 1
	mtctr	r3
	mfsprg	r3, 0
	rfid

	.macro	PANIC at
	. = \at
	mtsprg	0, r3
	li	r3, \at
	b	panic_vector
	.endm

	PANIC	0x200
	PANIC	0x300
	PANIC	0x380
	PANIC	0x400
	PANIC	0x480

	/* External and decrementer: they end H_CEDE. Back to its caller, with EE off. */
	.macro	WAKE at
	. = \at
	mtsprg	0, r3
	mfsrr1	r3
	rldicl	r3, r3, 48, 1
	rotldi	r3, r3, 16
	mtsrr1	r3
	mfsprg	r3, 0
	rfid
	.endm

	WAKE	0x500
	PANIC	0x600
	PANIC	0x700
	PANIC	0x800
	WAKE	0x900
	PANIC	0xa00
	PANIC	0xc00
	PANIC	0xd00
	PANIC	0xf00
	PANIC	0xf20
	PANIC	0xf40
	PANIC	0xf60

	. = 0x1000
panic_vector:
	mr	r9, r1
	mflr	r8
	mfsrr0	r4
	mfsrr1	r5
	mfspr	r6, SPR_DAR
	mfspr	r7, SPR_DSISR
	ld	r1, LOW_PANIC_STACK(0)
	ld	r2, LOW_TOC(0)
	ld	r12, LOW_PANIC(0)
	mtctr	r12
	bctr

	. = LOW_CPU_ENTRY
	rldicl	r3, r3, 0, 32
	ld	r2, LOW_TOC(0)
	ld	r1, LOW_STACKS(0)
	addi	r4, r3, 1
	sldi	r4, r4, CPU_STACK_SHIFT
	add	r1, r1, r4
	li	r0, 0
	stdu	r0, -FRAME_SIZE(r1)
	ld	r12, LOW_START(0)
	mtctr	r12
	bctr

	.balign	4
at_footprint:	.long	__footprint - __start
at_image_end:	.long	__image_end - __start
at_stack:	.long	__stack_top - __start
at_toc:		.long	__toc_base - __start
at_bss:		.long	__bss_start - __start
at_bss_end:	.long	__bss_end - __start
at_rela:	.long	__rela_start - __start
at_rela_end:	.long	__rela_end - __start

/* r13 device tree, r14 1 once we have moved, r15 where the image is */
start:
	mr	r13, r3
	li	r14, 0
	li	r4, 1
	sldi	r4, r4, 63
	ori	r4, r4, MSR_ME
	bcl	20, 31, 1f
1:	mflr	r15
	addi	r5, r15, start_common - 1b
	addi	r15, r15, __start - 1b
	mtsrr0	r5
	mtsrr1	r4
	rfid

start_common:
	ADDRESS	r1, at_stack
	li	r0, 0
	stdu	r0, -FRAME_SIZE(r1)
	ADDRESS	r2, at_toc
	ADDRESS	r5, at_bss
	ADDRESS	r6, at_bss_end
1:	cmpld	r5, r6
	bge	2f
	dcbz	0, r5
	addi	r5, r5, CACHE_BLOCK
	b	1b

	/* r_offset, r_info, r_addend: sets, where DT_RELR adds, since a copy comes here again */
2:	ADDRESS	r5, at_rela
	ADDRESS	r6, at_rela_end
3:	cmpld	r5, r6
	bge	4f
	ld	r7, 0(r5)
	ld	r8, 16(r5)
	add	r8, r8, r15
	stdx	r8, r7, r15
	addi	r5, r5, 24
	b	3b

4:	mr	r3, r13
	mr	r4, r15
	mr	r5, r14
	bl	uv_start
	nop
	trap

/* void move_image(uint64_t to, const void *tree): go on in a copy at @to */
	.globl	move_image
	.type	move_image, @function
move_image:
	mr	r13, r4
	mr	r14, r3
	COPY_IMAGE r14
	li	r14, 1
	addi	r5, r15, start_common - __start
	mtctr	r5
	bctr
	.size	move_image, . - move_image
