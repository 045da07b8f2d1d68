/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries and exception vectors: the first 8 KiB of the image.
 *
 *	who enters	offset	endian	mode			r3		r4	r5
 *	Open Firmware	0	big	real, 32 or 64-bit	initrd		size	interface
 *	the ultravisor	0	big	real, 64-bit, MSR[S]=1	device tree	kbase	0
 *	kexec		0	big	real, 64-bit, VEC=1	device tree	image	0
 *	  other CPUs	0x60	big	real, 64-bit		hardware id
 *	QEMU -bios	0x100	big	real, 32-bit (SF=0)	device tree
 *
 * Open Firmware: IEEE 1275 PowerPC binding 8.2.1. The ultravisor: open-power/ultravisor
 * core/uvcall.c:497-512. kexec: Linux arch/powerpc/kernel/misc_64.S kexec_sequence and kexec_wait;
 * both it and kexec-tools copy the first 0x100 bytes to absolute 0 for the other CPUs. QEMU puts
 * the -bios image at real address 0 (hw/ppc/spapr.c: FW at 0, SPAPR_ENTRY_POINT 0x100), so the
 * vectors below already lie where the CPU looks for them. boot_start() then moves the image out of
 * the kernel's way and copies the vectors back to low memory.
 *
 * Registers through the start: r13 door, r15 where the image is, r16 to r18 r3 to r5 at entry
 */
#include "abi/papr.h"
#include "abi/pef.h"
#include "abi/power.h"
#include "boot/doors/door.h"
#include "lib/asm.h"

#define FRAME_SIZE 512			/* a stack frame, struct exception_frame */
#define FRAME_REGS 112

/* Low-memory slots by which the vectors find the image (written by boot/doors/vectors.c). */
#define VECTOR_HANDLER 0x1c0
#define VECTOR_TOC     0x1c8
#define VECTOR_STACK   0x1d0

#define BOOT_CPU       0x7065		/* in SPRG3; other CPUs have 0, or their number by Linux */

#define RUN_AT_ZERO    0x72756e30	/* "run0": Linux head_64.S __run_at_load */

	.section .head, "ax"
	.globl __start
__start:
	b	start_elf

	. = 0x10			/* struct image_header, abi/image.h */
	.ascii	"pefboot\0"
	.long	__image_end - __start
	.long	__footprint - __start

	. = 0x5c			/* as kernels say it: run at 0 if there is a choice */
	.long	RUN_AT_ZERO

/*
 * Where other CPUs spin until they are released. It runs at absolute 0x60, so nothing here may
 * refer to the image. kexec_loop_leave() releases them: to LOOP_GO, with r4 = the doubleword at
 * LOOP_ARG.
 */
	. = 0x60
	li	r4, 0
1:	or	1, 1, 1			/* low priority: Power ISA Book II 3.1 */
	ld	r5, LOOP_GO(0)
	cmpdi	r5, 0
	beq	1b
	or	2, 2, 2
	isync
	ld	r4, LOOP_ARG(0)
	mtctr	r5
	bctr

	. = LOOP_ARG
	.quad	0, 0

	. = 0x100
	b	start_bios

	/*
	 * 0x180: copied to 0x100 (system reset), which is an entry in the image. An NMI goes to
	 * all CPUs, even to those that are stopped (QEMU: hw/ppc/spapr.c spapr_nmi()). There is one
	 * stack, and one report: only for the CPU that boots, by its SPRG3. CTR decides, since CR
	 * is to be reported.
	 */
	. = 0x180
	mtsprg	0, r3
	mfctr	r3
	mtsprg	1, r3
	mfsprg	r3, 3
	addi	r3, r3, 1 - BOOT_CPU
	mtctr	r3
	bdnz	.
	li	r3, 0x100
	ba	0x1000			/* vector_common, in low memory */

	. = 0x1c0
	.quad	0, 0, 0			/* VECTOR_* */

/*
 * Vectors. Each keeps r3, CTR and r1 in SPRG0..2 and goes on at vector_common with r3 = vector.
 */
	.macro	VECTOR at
	. = \at
	mtsprg	0, r3
	mfctr	r3
	mtsprg	1, r3
	li	r3, \at
	b	vector_common
	.endm

	VECTOR	0x200
	VECTOR	0x300
	VECTOR	0x380
	VECTOR	0x400
	VECTOR	0x480
	VECTOR	0x500
	VECTOR	0x600
	VECTOR	0x700
	VECTOR	0x800
/*
 * 0x900, decrementer. Interrupts are off but in H_CEDE, by which stop() waits, and a kernel before
 * us may have armed it: put it off, and go on with EE = 0. All registers are kept.
 */
	. = 0x900
	mtsprg	0, r3
	lis	r3, 0x7fff
	mtdec	r3
	mfsrr1	r3
	rldicl	r3, r3, 48, 1		/* MSR[EE] = 0 */
	rotldi	r3, r3, 16
	mtsrr1	r3
	mfsprg	r3, 0
	rfid

	VECTOR	0xa00

/*
 * 0xC00, system call. An `sc 2` that no ultravisor takes arrives here: stock QEMU decodes it as
 * `sc 0` (target/ppc/translate.c gen_sc). It is answered U_FUNCTION: there is no ultravisor.
 * A call may change CR and r4..r12; they are kept all the same.
 */
	. = 0xc00
	mtsprg	0, r4
	mfcr	r4
	mtsprg	1, r4
	mfsrr0	r4
	lwz	r4, -4(r4)
	xoris	r4, r4, INSN_SC_2 >> 16
	cmplwi	r4, INSN_SC_2 & 0xffff
	bne	1f
	mfsprg	r4, 1
	mtcr	r4
	mfsprg	r4, 0
	li	r3, U_FUNCTION
	rfid
1:	mfsprg	r4, 1
	mtcr	r4
	mfsprg	r4, 0
	mtsprg	0, r3
	mfctr	r3
	mtsprg	1, r3
	li	r3, 0xc00
	b	vector_common

	VECTOR	0xd00
	VECTOR	0xf00
	VECTOR	0xf20
	VECTOR	0xf40
	VECTOR	0xf60
	VECTOR	0xf80

	. = 0x1000
vector_common:
	mtsprg	2, r1
	ld	r1, VECTOR_STACK(0)
	std	r0, FRAME_REGS(r1)
	mfsprg	r0, 2
	std	r0, FRAME_REGS + 8(r1)
	std	r2, FRAME_REGS + 16(r1)
	mfsprg	r0, 0
	std	r0, FRAME_REGS + 24(r1)
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
	std	\n, FRAME_REGS + 8 * \n(r1)
	.endr
	.irp	n, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	std	\n, FRAME_REGS + 8 * \n(r1)
	.endr
	mfsrr0	r0
	std	r0, FRAME_REGS + 8 * 32(r1)
	mfsrr1	r0
	std	r0, FRAME_REGS + 8 * 33(r1)
	mfspr	r0, SPR_DAR
	std	r0, FRAME_REGS + 8 * 34(r1)
	mfspr	r0, SPR_DSISR
	std	r0, FRAME_REGS + 8 * 35(r1)
	mflr	r0
	std	r0, FRAME_REGS + 8 * 36(r1)
	mfsprg	r0, 1
	std	r0, FRAME_REGS + 8 * 37(r1)
	mfcr	r0
	std	r0, FRAME_REGS + 8 * 38(r1)
	mfxer	r0
	std	r0, FRAME_REGS + 8 * 39(r1)
	addi	r4, r1, FRAME_REGS
	ld	r2, VECTOR_TOC(0)
	ld	r12, VECTOR_HANDLER(0)
	mtctr	r12
	bctr

/* Where things are, from __start on: link addresses are not known to code that runs anywhere. */
	.balign	4
at_image_end:	.long	__image_end - __start
at_stack:	.long	__stack_top - __start
at_toc:		.long	__toc_base - __start
at_data_load:	.long	__data_load - __start
at_data:	.long	__data_start - __start
at_data_end:	.long	__data_end - __start
at_bss:		.long	__bss_start - __start
at_bss_end:	.long	__bss_end - __start
at_footprint:	.long	__footprint - __start
at_relr:	.long	__relr_start - __start
at_relr_end:	.long	__relr_end - __start

/*
 * Offset 0. MSR[S] tells the ultravisor, which has entered the secure stage. Who else has a client
 * interface is Open Firmware, who has none is kexec.
 */
start_elf:
	mfmsr	r6
	andis.	r6, r6, MSR_S >> 16
	bne	start_secure
	mr	r16, r3
	mr	r17, r4
	mr	r18, r5
	li	r13, DOOR_OPEN_FIRMWARE
	cmpdi	r5, 0
	bne	start_64bit
	li	r13, DOOR_KEXEC
	b	start_64bit

/*
 * The secure stage, which stays where it was measured. Low memory may hold what the host left
 * there, and whenever the guest exits the host may have it enter any multiple of 32 below 0x2000
 * (open-power/ultravisor core/uvcall.c valid_vector()). So before anything else all of these become
 * ends: the first 0x100 bytes, where other CPUs may be in the loop, by a branch to itself in each;
 * the rest by zeros, which are an illegal instruction, and vector 0x700 is zeros, too. How many
 * instructions this takes: docs/security.md.
 */
#define LINE  0x80			/* what dcbz clears: CACHE_BLOCK of abi/papr.h */
#define LINES 8				/* in a turn */

start_secure:
	.irp	n, 1, 2, 3, 4, 5, 6, 7
	li	7 + \n, LINE * \n
	.endr
	li	r6, (0x2100 - 0x100) / LINE / LINES
	mtctr	r6
	li	r7, 0x100
1:	dcbz	0, r7
	.irp	n, 1, 2, 3, 4, 5, 6, 7
	dcbz	7 + \n, r7
	.endr
	addi	r7, r7, LINE * LINES
	bdnz	1b
	lis	r6, 0x48000000 >> 16	/* b . */
	.irp	at, 0x00, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0
	stw	r6, \at(0)
	.endr
	sync				/* instruction caches follow: POWER8 and later snoop */
	isync
	mr	r16, r3
	mr	r17, r4
	mr	r18, r5
	li	r13, DOOR_ULTRAVISOR
	HERE

/*
 * Stack and data come next. The host chose where we are, so the ultravisor has to say that they are
 * in this guest's memory (boot/secure/accept.h). If not there is nothing to say it with. r3 as it
 * was is no answer (ultracall/ultracall.h): then the host is believed.
 */
	andi.	r6, r15, 0xffff
	bne	.
	li	r3, 0
	ori	r3, r3, UV_UNSHARE_PAGE
	srdi	r4, r15, UV_PAGE_SHIFT
	lwz	r5, at_footprint - __start(r15)
	srdi	r5, r5, UV_PAGE_SHIFT
	.long	INSN_SC_2
	cmpdi	r3, 0
	beq	start_common
	cmpldi	r3, UV_UNSHARE_PAGE
	bne	.
	b	start_common

/*
 * A vector of the secure world, but for its number, which boot/doors/vectors.c adds. It goes on in
 * the measured image: what lies in low memory may be entered at each multiple of 32, so nothing
 * there may lead back to what was interrupted, or do half of something. No register is kept.
 */
	.globl	secure_vector
secure_vector:
	li	r3, 0
	ld	r12, VECTOR_HANDLER(0)
	mtctr	r12
	bctr

/* 0x900, decrementer: only the end, in H_CEDE, may be interrupted. It goes on there. */
	.globl	secure_decrementer
secure_decrementer:
	lis	r3, 0x7fff
	mtdec	r3
	li	r3, H_CEDE
	sc	1
	b	secure_decrementer

/* VECTOR_HANDLER of the secure world: r3 = vector. What is on the stack is of no use any more. */
	.globl	secure_exception
secure_exception:
	HERE
	ADDRESS	r1, at_stack
	li	r0, 0
	stdu	r0, -FRAME_SIZE(r1)
	ADDRESS	r2, at_toc
	mfsrr0	r4
	bl	exception_report_secure
	nop
	trap

/* QEMU -bios. r3 = device tree. */
start_bios:
	mr	r16, r3
	li	r17, 0
	li	r18, 0
	li	r13, DOOR_BIOS

/* The CPU may be in 32-bit mode and may have ME=0: rfid to the next line sets MSR = SF | ME. */
start_64bit:
	li	r4, 1
	sldi	r4, r4, 63
	ori	r4, r4, MSR_ME
	bcl	20, 31, 1f
1:	mflr	r6
	addi	r6, r6, start_here - 1b
	mtsrr0	r6
	mtsrr1	r4
	rfid

start_here:
	HERE

/* All entries join here: 64-bit, real mode, r13..r18 as above. */
start_common:
	li	r0, BOOT_CPU
	mtsprg	3, r0
	ADDRESS	r1, at_stack
	li	r0, 0
	stdu	r0, -FRAME_SIZE(r1)
	ADDRESS	r2, at_toc

	/* data, a copy; then bss, cleared */
	ADDRESS	r3, at_data
	ADDRESS	r4, at_data_load
	ADDRESS	r5, at_data_end
	sub	r5, r5, r3
	bl	memcpy
	nop
	ADDRESS	r3, at_bss		/* no dcbz: the image may not be aligned here */
	ADDRESS	r5, at_bss_end
	sub	r5, r5, r3
	li	r4, 0
	bl	memset
	nop

	/*
	 * Then addresses in data: DT_RELR (ELF gABI, "Relative Relocation Table"). An even word is
	 * the address of a doubleword to add r15 to; an odd one has a bit for each of the next 63.
	 */
	ADDRESS	r5, at_relr
	ADDRESS	r6, at_relr_end
3:	cmpld	r5, r6
	bge	6f
	ld	r7, 0(r5)
	addi	r5, r5, 8
	andi.	r0, r7, 1
	bne	4f
	add	r8, r7, r15		/* even: one, r8 behind it */
	ld	r9, 0(r8)
	add	r9, r9, r15
	std	r9, 0(r8)
	addi	r8, r8, 8
	b	3b
4:	mr	r10, r8			/* odd: r10 goes through them, r8 is behind them all */
	addi	r8, r8, 63 * 8
5:	srdi.	r7, r7, 1
	beq	3b
	andi.	r0, r7, 1
	beq	7f
	ld	r9, 0(r10)
	add	r9, r9, r15
	std	r9, 0(r10)
7:	addi	r10, r10, 8
	b	5b

6:
	mr	r3, r13
	mr	r4, r15
	mr	r5, r16
	mr	r6, r17
	mr	r7, r18
	bl	boot_start
	nop
	trap

/* Where boot/doors/vectors.c sends the CPUs in the loop: r4 = argument block of RTAS stop-self. */
	.globl	stop_self
stop_self:
	lis	r3, KVMPPC_H_RTAS >> 16
	ori	r3, r3, KVMPPC_H_RTAS & 0xffff
	mr	r31, r4
	sc	1
	mr	r4, r31
	b	stop_self

/*
 * void move_image(uint64_t to, const struct arrival *arrival)
 * Go on in a copy of the image at @to, from start_common. Does not come back.
 */
	.globl	move_image
	.type	move_image, @function
move_image:
	mr	r18, r3
	mr	r16, r4
	li	r13, DOOR_HOME
	COPY_IMAGE r18
	addi	r5, r15, start_common - __start
	mtctr	r5
	bctr
	.size	move_image, . - move_image
