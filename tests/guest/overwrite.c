// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A user program with a secret in the memory that it asks a disk to overwrite. After each step it says what came out,
 * and waits for a line.
 *
 *	overwrite SEED DISK	the secret is the sequence of xorshift64 from the hexadecimal SEED, as stored in memory
 */
#include "tests/guest/pefkernel/user.h"

/* Numbers of Linux: arch/powerpc/kernel/syscalls/syscall.tbl, arch/powerpc/include/uapi/asm/fcntl.h */
enum { SYS_exit = 1, SYS_read = 3, SYS_open = 5, SYS_pread64 = 179, SYS_pwrite64 = 180 };
enum { O_RDWR = 2, O_DIRECT = 0x20000 };
enum { STDIN };

#define SIZE	65536
#define WORDS	(SIZE / 8)

static unsigned long buffer[WORDS] __attribute__((aligned(SIZE)));

static unsigned long number(const char *text)
{
	unsigned long value = 0;

	for (; *text; text++)
		value = value << 4 | (unsigned long)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
	return value;
}

static void fill(unsigned long x)
{
	for (int i = 0; i < WORDS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		buffer[i] = x;
	}
}

/* What the system call answered, and how much of the secret is left */
static void report(const char *step, long rc, unsigned long seed)
{
	static unsigned long was[WORDS];
	unsigned long kept = 0, zero = 0;
	char line;

	for (int i = 0; i < WORDS; i++)
		was[i] = buffer[i];
	fill(seed);
	for (int i = 0; i < WORDS; i++) {
		kept += was[i] == buffer[i];
		zero += !was[i];
		was[i] = 0;
	}
	say("overwrite: ");
	say(step);
	say(rc < 0 ? " -" : " ");
	say_number(rc < 0 ? -(unsigned long)rc : (unsigned long)rc, 10);
	say(" kept ");
	say_number(kept, 10);
	say(" zero ");
	say_number(zero, 10);
	say("\n");
	CALL(SYS_read, STDIN, &line, 1);
}

void begin(const long *stack)
{
	unsigned long seed = number((const char *)stack[2]);
	long disk = CALL(SYS_open, stack[3], O_RDWR | O_DIRECT, 0);

	fill(seed);
	report("open", disk, seed);
	report("read", system_call(SYS_pread64, disk, (long)buffer, SIZE, 0, 0, 0), seed);
	report("bad", system_call(SYS_pread64, disk, (long)buffer, SIZE, SIZE, 0, 0), seed);
	report("write", system_call(SYS_pwrite64, disk, (long)buffer, SIZE, 2 * SIZE, 0, 0), seed);
	CALL(SYS_exit, 0, 0, 0);
	__builtin_unreachable();
}
