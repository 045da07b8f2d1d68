// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A user program that runs another, to its end, and says in ticks of the time base what that took:
 *
 *	ticks wall PROGRAM ARGUMENT...	until the end
 *	ticks busy PROGRAM ARGUMENT...	that the CPU was busy, interrupts and all: what ticks itself, at the lowest
 *					priority, did not get. On one CPU with QEMU's -icount that counts instructions.
 *
 * No C library: tests/pefkernel/exact.c says why.
 */

/* Numbers of Linux: arch/powerpc/kernel/syscalls/syscall.tbl, include/uapi/linux/resource.h, wait.h */
enum { SYS_exit = 1, SYS_fork = 2, SYS_write = 4, SYS_waitpid = 7, SYS_execve = 11, SYS_setpriority = 97 };
enum { PRIO_PROCESS = 0, LOWEST = 19, WNOHANG = 1 };

#define LOST	32		/* ticks between two looks at the time base after which somebody else ran */
#define LOOK	1000000		/* ticks between two looks at the child */

static long system_call(long number, long a, long b, long c)
{
	register long r0 __asm__("r0") = number, r3 __asm__("r3") = a, r4 __asm__("r4") = b, r5 __asm__("r5") = c;

	__asm__ volatile("sc; bns+ 1f; neg 3,3; 1:" : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5)
			 : : "memory", "cr0", "ctr", "xer", "r6", "r7", "r8", "r9", "r10", "r11", "r12");
	return r3;
}

static unsigned long timebase(void)
{
	unsigned long now;

	__asm__ volatile("mftb %0" : "=r"(now));
	return now;
}

static void report(unsigned long value)
{
	char text[32], digits[20];
	int at = 0, count = 0;

	do
		digits[count++] = (char)('0' + value % 10);
	while ((value /= 10));
	while (count)
		text[at++] = digits[--count];
	text[at++] = '\n';
	system_call(SYS_write, 1, (long)text, at);
}

static unsigned long wall(long child)
{
	unsigned long start = timebase();

	system_call(SYS_waitpid, child, 0, 0);
	return timebase() - start;
}

static unsigned long busy(long child)
{
	unsigned long lost = 0, before = timebase(), looked = before;

	system_call(SYS_setpriority, PRIO_PROCESS, 0, LOWEST);
	for (;;) {
		unsigned long now = timebase();

		if (now - before > LOST)
			lost += now - before;
		before = now;
		if (now - looked < LOOK)
			continue;
		looked = now;
		if (system_call(SYS_waitpid, child, 0, WNOHANG))
			return lost;
	}
}

void begin(const long *stack);
void begin(const long *stack)
{
	const char *how = (const char *)stack[2];
	long child = system_call(SYS_fork, 0, 0, 0);

	if (!child) {
		system_call(SYS_execve, stack[3], (long)&stack[3], (long)&stack[stack[0] + 2]);
		system_call(SYS_exit, 1, 0, 0);
	}
	report(*how == 'w' ? wall(child) : busy(child));
	system_call(SYS_exit, 0, 0, 0);
}

__asm__("	.globl	_start\n"
	"_start:\n"
	"0:	addis	2, 12, .TOC. - 0b@ha\n"
	"	addi	2, 2, .TOC. - 0b@l\n"
	"	mr	3, 1\n"
	"	clrrdi	1, 1, 4\n"
	"	stdu	0, -64(1)\n"
	"	bl	begin\n"
	"	nop\n");
