/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELFv2, little-endian, linked statically at a fixed address. */
#include "abi/pef.h"
#include "guest/linux.h"
#include "lib/asm.h"

/*
 * Linux enters with r1 -> argc, argv[0], ..., NULL: arch/powerpc/include/asm/elf.h. A frame below
 * that, then r3 = argc, r4 = argv.
 */
FUNCTION(_start)
	lis	r2, .TOC.@ha
	addi	r2, r2, .TOC.@l
	ld	r3, 0(r1)
	addi	r4, r1, 8
	clrrdi	r1, r1, 4
	li	r0, 0
	stdu	r0, -32(r1)
	mtlr	r0
	bl	guest_main
	nop
	trap
END(_start)

/*
 * r3 = offset, r4 -> words. In a VM that is not secure `sc 2` may be `sc`, a system call with
 * whatever r0 says: brk of an address below the heap, which changes nothing and returns one that no
 * count of bytes can be.
 */
FUNCTION(esmb_get_file)
	std	r31, -8(r1)		/* the protected zone: 288 bytes */
	mr	r31, r4
	mr	r4, r3
	li	r3, 0
	ori	r3, r3, UV_ESMB_GET_FILE
	ld	r5, 0(r31)
	ld	r6, 8(r31)
	ld	r7, 16(r31)
	ld	r8, 24(r31)
	ld	r9, 32(r31)
	ld	r10, 40(r31)
	ld	r11, 48(r31)
	ld	r12, 56(r31)
	li	r0, LINUX_BRK
	.long	0x44000042		/* sc 2 */
	std	r4, 0(r31)
	std	r5, 8(r31)
	std	r6, 16(r31)
	std	r7, 24(r31)
	std	r8, 32(r31)
	std	r9, 40(r31)
	std	r10, 48(r31)
	std	r11, 56(r31)
	ld	r31, -8(r1)
	blr
END(esmb_get_file)

/* r3 = number, r4.. = arguments; an error is CR0.SO and errno: Linux syscall64-abi.rst */
FUNCTION(linux_call)
	mr	r0, r3
	mr	r3, r4
	mr	r4, r5
	mr	r5, r6
	mr	r6, r7
	sc
	bnslr
	neg	r3, r3
	blr
END(linux_call)

	.section .note.GNU-stack, "", @progbits
