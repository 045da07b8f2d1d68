/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A big-endian kernel that runs at any address: its head, the hypercall, and the console. */
#ifndef TESTS_GUEST_KERNEL_H
#define TESTS_GUEST_KERNEL_H

#include <stdint.h>

#include "abi/hcalls.h"

/* void entry(const uint8_t *tree) runs first, and then nothing. The image is known as lib/kernel.c has it; a mark of "" is none. */
#define KERNEL_HEAD(entry, mark)                                                                \
	__asm__("	.section .head, \"ax\"\n"                                               \
		"	.globl _start\n"                                                        \
		"_start:	.long 0x08000048\n"	/* tdi 0,0,0x48 */                      \
		"	b	1f\n"                                                           \
		"	.org	0x48\n"                                                         \
		"	.ascii	\"" mark "\"\n"                                                 \
		"	.org	0x5c\n"                                                         \
		"	.ascii	\"run0\"\n"                                                     \
		"	.org	0x100\n"                                                        \
		"1:	bcl	20, 31, 2f\n"                                                   \
		"2:	mflr	12\n"                                                           \
		"	addis	2, 12, (.TOC. - 2b)@ha\n"                                       \
		"	addi	2, 2, (.TOC. - 2b)@l\n"                                         \
		"	addis	1, 12, 1\n"	/* the stack: 64 KiB above, in memory without a file */ \
		"	clrrdi	1, 1, 4\n"                                                      \
		"	li	0, 0\n"                                                         \
		"	stdu	0, -64(1)\n"                                                    \
		"	bl	" #entry "\n"                                                   \
		"	b	.\n"                                                            \
		"	.previous\n")

static int64_t hcall3(uint64_t number, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t r3 __asm__("r3") = number;
	register uint64_t r4 __asm__("r4") = a;
	register uint64_t r5 __asm__("r5") = b;
	register uint64_t r6 __asm__("r6") = c;

	__asm__ volatile(".long 0x44000022" : "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6) : :
			 "r0", "r7", "r8", "r9", "r10", "r11", "r12", "cr0", "cr1", "cr5", "cr6", "cr7", "ctr", "xer", "memory");
	return (int64_t)r3;
}

static void put(char c)
{
	while (hcall3(H_PUT_TERM_CHAR, 0, 1, (uint64_t)(uint8_t)c << 56) == H_BUSY)
		;
}

static void say(const char *text)
{
	while (*text)
		put(*text++);
}

#endif /* TESTS_GUEST_KERNEL_H */
