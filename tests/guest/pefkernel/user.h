/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What programs for the guest have instead of a C library: Debian has none for powerpc64le that does not come
 * with a machine, and none at all for big-endian. Either byte order, ELFv2. For one .c file each.
 */
#ifndef PEFKERNEL_USER_H
#define PEFKERNEL_USER_H

/* A system call: its result, or a negative error number (Linux Documentation/arch/powerpc/syscall64-abi.rst). */
static inline long system_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long r0 __asm__("r0") = number, r3 __asm__("r3") = a, r4 __asm__("r4") = b, r5 __asm__("r5") = c;
	register long r6 __asm__("r6") = d, r7 __asm__("r7") = e, r8 __asm__("r8") = f;

	__asm__ volatile("sc; bns+ 1f; neg 3,3; 1:"
			 : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
			 : : "memory", "cr0", "ctr", "xer", "r9", "r10", "r11", "r12");
	return r3;
}
#define CALL(number, a, b, c) system_call(number, (long)(a), (long)(b), (long)(c), 0, 0, 0)

enum { SYS_write = 4 };		/* Linux arch/powerpc/kernel/syscalls/syscall.tbl */

static inline void say(const char *text)
{
	unsigned long size = 0;

	while (text[size])
		size++;
	CALL(SYS_write, 1, text, size);
}

static inline void say_number(unsigned long value, unsigned int base)
{
	char digits[21];
	int at = 20;

	digits[at] = '\0';
	do {
		digits[--at] = "0123456789abcdef"[value % base];
	} while (value /= base);
	say(digits + at);
}

/* From here on, with the stack as the kernel made it: argc, argv */
_Noreturn void begin(const long *stack);

__asm__(
"	.globl _start\n"
"_start:\n"
"0:	addis	2, 12, .TOC. - 0b@ha\n"
"	addi	2, 2, .TOC. - 0b@l\n"
"	mr	3, 1\n"
"	li	0, 0\n"
"	stdu	0, -64(1)\n"
"	bl	begin\n"
"	nop\n"
);

#endif
