/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry, vectors that record what happened and continue after the instruction, and the calls under test.
 *
 *	low memory	0x40 vector	0x48 SRR0	0x50 SRR1	0x58 DAR	0x60 DSISR
 *			0x68 count	0x70 where user mode comes back	 0x78, 0x80 its stack and TOC
 */
#include "abi/power.h"
#include "lib/asm.h"

	.section .head, "ax"
	.globl __start
__start:
	b	start
	. = 0x100
	b	start

	/* Note and skip: SRR0 + 4; a fetch fault goes back to its caller. */
	.macro	VECTOR at
	. = \at
	mtsprg	0, r3
	mtsprg	1, r4
	li	r3, \at
	b	note
	.endm
	VECTOR	0x200
	VECTOR	0x300
	VECTOR	0x380
	. = 0x400
	mtsprg	0, r3
	mtsprg	1, r4
	mflr	r4
	subi	r4, r4, 4
	mtsrr0	r4
	li	r3, 0x400
	b	note
	. = 0x480
	mtsprg	0, r3
	mtsprg	1, r4
	mflr	r4
	subi	r4, r4, 4
	mtsrr0	r4
	li	r3, 0x480
	b	note
	VECTOR	0x600
	VECTOR	0x700

	/* User mode has EE set, so the decrementer may strike: not again for seconds */
	. = 0x900
	mtsprg	0, r3
	lis	r3, 0x7fff
	mtspr	SPR_DEC, r3
	mfsprg	r3, 0
	rfid

	/* System call: with SPRG3 set it is user mode that wants to come back */
	. = 0xc00
	mfsprg	r11, 3
	cmpdi	r11, 0
	beq	1f
	li	r11, 0
	mtsprg	3, r11
	ld	r1, 0x78(0)
	ld	r2, 0x80(0)
	ld	r11, 0x70(0)
	mtsrr0	r11
	li	r11, 1
	sldi	r11, r11, 63
	ori	r11, r11, MSR_ME
	mtsrr1	r11
	rfid
1:	li	r11, 0xc00
	std	r11, 0x40(0)
	ld	r11, 0x68(0)
	addi	r11, r11, 1
	std	r11, 0x68(0)
	rfid

	. = 0x1000
note:
	std	r3, 0x40(0)
	mfsrr0	r4
	std	r4, 0x48(0)
	addi	r4, r4, 4
	mtsrr0	r4
	mfsrr1	r4
	std	r4, 0x50(0)
	mfspr	r4, SPR_DAR
	std	r4, 0x58(0)
	mfspr	r4, SPR_DSISR
	std	r4, 0x60(0)
	ld	r4, 0x68(0)
	addi	r4, r4, 1
	std	r4, 0x68(0)
	mfsprg	r3, 0
	mfsprg	r4, 1
	rfid

start:
	li	r4, 1
	sldi	r4, r4, 63
	ori	r4, r4, MSR_ME
	li	r5, go@l
	mtsrr0	r5
	mtsrr1	r4
	rfid
go:	lis	r1, __stack_top@h
	ori	r1, r1, __stack_top@l
	li	r0, 0
	stdu	r0, -512(r1)
	lis	r2, __toc_base@h
	ori	r2, r2, __toc_base@l
	lis	r5, __bss_start@h
	ori	r5, r5, __bss_start@l
	lis	r6, __bss_end@h
	ori	r6, r6, __bss_end@l
1:	cmpld	r5, r6
	bge	2f
	dcbz	0, r5
	addi	r5, r5, 128
	b	1b
2:	mtsprg	3, r0
	bl	conformance
	nop
	trap

/* int64_t call_N(uint64_t *r): r3..r12 from r[0..9], N = sc level; back into r; r3 */
	.macro	CALL name, word
FUNCTION(\name)
	std	r31, -8(r1)
	std	r30, -16(r1)
	mr	r31, r3
	li	r30, 0x5a5
	ld	r4, 8(r31)
	ld	r5, 16(r31)
	ld	r6, 24(r31)
	ld	r7, 32(r31)
	ld	r8, 40(r31)
	ld	r9, 48(r31)
	ld	r10, 56(r31)
	ld	r11, 64(r31)
	ld	r12, 72(r31)
	ld	r3, 0(r31)
	.long	\word
	std	r4, 8(r31)
	std	r5, 16(r31)
	cmpwi	r30, 0x5a5
	beq	1f
	trap
1:	ld	r31, -8(r1)
	ld	r30, -16(r1)
	blr
END(\name)
	.endm
	CALL	call_sc1, INSN_SC_1
	CALL	call_sc2, INSN_SC_2

/*
 * int64_t enter_secure(kbase, fdt, uint64_t entered[8]): UV_ESM. Comes back either way: r3 the code,
 * or 1 after an entry at kbase, with entered = r3, r4, r5, MSR as read there, r6, r14, r30, 0.
 */
FUNCTION(enter_secure)
	mflr	r0
	std	r0, 16(r1)
	stdu	r1, -256(r1)
	.irp	n, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	std	\n, 32 + (\n - 14) * 8(r1)
	.endr
	std	r5, 200(r1)
	std	r2, 208(r1)
	std	r1, 0x20(0)
	mr	r5, r4
	mr	r4, r3
	li	r6, 0x66
	li	r14, 0x1414
	li	r30, 0x3030
	li	r3, 0x4000
	oris	r3, r3, 0
	lis	r3, 1
	addi	r3, r3, -0xef0		/* UV_ESM 0xf110 */
	.long	INSN_SC_2
	b	2f
END(enter_secure)
	.globl	at_kbase		/* copied to kbase: far jump to at_entry */
at_kbase:
	lis	r7, at_entry@h
	ori	r7, r7, at_entry@l
	mtctr	r7
	bctr
	.globl	at_kbase_end
at_kbase_end:
at_entry:
	ld	r1, 0x20(0)
	ld	r7, 200(r1)
	std	r3, 0(r7)
	std	r4, 8(r7)
	std	r5, 16(r7)
	mfmsr	r8
	std	r8, 24(r7)
	std	r6, 32(r7)
	std	r14, 40(r7)
	std	r30, 48(r7)
	li	r3, 1
2:	ld	r2, 208(r1)
	.irp	n, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	\n, 32 + (\n - 14) * 8(r1)
	.endr
	addi	r1, r1, 256
	ld	r0, 16(r1)
	mtlr	r0
	blr

/* int64_t in_user_mode(code, a3, a4, a5): run code with PR=1; it ends by sc 0 */
FUNCTION(in_user_mode)
	mflr	r0
	std	r0, 16(r1)
	stdu	r1, -128(r1)
	std	r1, 0x78(0)
	std	r2, 0x80(0)
	lis	r7, 1f@h
	ori	r7, r7, 1f@l
	std	r7, 0x70(0)
	mtsprg	3, r7
	mtsrr0	r3
	li	r7, 1
	sldi	r7, r7, 63
	ori	r7, r7, MSR_ME | MSR_PR | MSR_IR | MSR_DR
	mtsrr1	r7
	mr	r3, r4
	mr	r4, r5
	mr	r5, r6
	rfid
1:	addi	r1, r1, 128
	ld	r0, 16(r1)
	mtlr	r0
	blr
END(in_user_mode)

/* void try_load(addr), try_store(addr), try_fetch(addr), illegal_22(void), sc0(void) */
FUNCTION(try_load)
	ld	r3, 0(r3)
	blr
END(try_load)
FUNCTION(try_store)
	std	r3, 0(r3)
	blr
END(try_store)
FUNCTION(try_fetch)
	mflr	r0
	mtctr	r3
	bctrl
	mtlr	r0
	blr
END(try_fetch)
FUNCTION(illegal_22)
	.long	0x58005555
	blr
END(illegal_22)
FUNCTION(pid_set)
	mtspr	48, r3
	isync
	blr
END(pid_set)
FUNCTION(sc0)
	sc	0
	blr
END(sc0)

/* A further CPU, by start-cpu: r3 = its number */
FUNCTION(secondary_entry)
	lis	r1, secondary_stacks@h
	ori	r1, r1, secondary_stacks@l
	addi	r4, r3, 1
	sldi	r4, r4, 14
	add	r1, r1, r4
	li	r0, 0
	stdu	r0, -512(r1)
	lis	r2, __toc_base@h
	ori	r2, r2, __toc_base@l
	bl	secondary
	nop
	trap
END(secondary_entry)

	.weak	secondary_stacks, secondary
/*
 * A page of its own that holds an executed sc 2, and loads of every form that read it.
 * uint64_t own_N(const void *base): base = own_words
 */
	.section .ownpage, "ax"
	.balign	4096
	.globl	own_call
own_call:
	.long	INSN_SC_2
	blr
	.globl	own_words
own_words:
	.long	INSN_SC_2, 0x81828384
	.quad	0xf1f2f3f4f5f6f7f8
	.macro	OWN name, insn:vararg
	.globl	\name
\name:
	li	r4, 0
	\insn
	blr
	.endm
	OWN	own_lwz, lwz r3, 0(r3)
	OWN	own_lbz, lbz r3, 3(r3)
	OWN	own_lhz, lhz r3, 4(r3)
	OWN	own_lha, lha r3, 4(r3)
	OWN	own_ld, ld r3, 8(r3)
	OWN	own_lwa, lwa r3, 4(r3)
	OWN	own_lwzx, lwzx r3, r3, r4
	OWN	own_lbzx, lbzx r3, r3, r4
	OWN	own_lhzx, lhzx r3, r3, r4
	OWN	own_lhax, lhax r3, r3, r4
	OWN	own_ldx, ldx r3, r3, r4
	OWN	own_lwax, lwax r3, r3, r4
	OWN	own_lhbrx, lhbrx r3, r3, r4
	OWN	own_lwbrx, lwbrx r3, r3, r4
	OWN	own_ldbrx, ldbrx r3, r3, r4
	.globl	own_lwzu
own_lwzu:
	mr	r5, r3
	lwzu	r4, 4(r5)
	subf	r3, r3, r5		/* 4 if the update was right */
	blr
	.globl	own_store
own_store:
	stw	r4, 4(r3)
	lwz	r3, 4(r3)
	blr
