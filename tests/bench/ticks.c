// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A user program that runs another, to its end, and says in ticks of the time base what that took:
 *
 *	ticks wall PROGRAM ARGUMENT...	until the end
 *	ticks busy PROGRAM ARGUMENT...	that the CPU was busy, interrupts and all: what ticks itself, at the lowest
 *					priority, did not get. On one CPU with QEMU's -icount that counts instructions.
 */
#include "tests/guest/pefkernel/user.h"

/* Numbers of Linux: arch/powerpc/kernel/syscalls/syscall.tbl, include/uapi/linux/resource.h, wait.h */
enum { SYS_exit = 1, SYS_fork = 2, SYS_waitpid = 7, SYS_execve = 11, SYS_setpriority = 97 };
enum { PRIO_PROCESS = 0, LOWEST = 19, WNOHANG = 1 };

#define LOST	32		/* ticks between two looks at the time base after which somebody else ran */
#define LOOK	1000000		/* ticks between two looks at the child */

static unsigned long timebase(void)
{
	unsigned long now;

	__asm__ volatile("mftb %0" : "=r"(now));
	return now;
}

static unsigned long wall(long child)
{
	unsigned long start = timebase();

	CALL(SYS_waitpid, child, 0, 0);
	return timebase() - start;
}

static unsigned long busy(long child)
{
	unsigned long lost = 0, before = timebase(), looked = before;

	CALL(SYS_setpriority, PRIO_PROCESS, 0, LOWEST);
	for (;;) {
		unsigned long now = timebase();

		if (now - before > LOST)
			lost += now - before;
		before = now;
		if (now - looked < LOOK)
			continue;
		looked = now;
		if (CALL(SYS_waitpid, child, 0, WNOHANG))
			return lost;
	}
}

void begin(const long *stack)
{
	const char *how = (const char *)stack[2];
	long child = CALL(SYS_fork, 0, 0, 0);

	if (!child) {
		CALL(SYS_execve, stack[3], &stack[3], &stack[stack[0] + 2]);
		CALL(SYS_exit, 1, 0, 0);
	}
	say_number(*how == 'w' ? wall(child) : busy(child), 10);
	say("\n");
	CALL(SYS_exit, 0, 0, 0);
	__builtin_unreachable();
}
