// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A user program with a secret in the memory that it asks a disk to overwrite. After each step it says what came out,
 * and waits for a line. No C library: tests/pefkernel/exact.c says why.
 *
 *	overwrite SEED DISK	the secret is the sequence of xorshift64 from the hexadecimal SEED, as stored in memory
 */

/* Numbers of Linux: arch/powerpc/kernel/syscalls/syscall.tbl, arch/powerpc/include/uapi/asm/fcntl.h */
enum { SYS_exit = 1, SYS_read = 3, SYS_write = 4, SYS_open = 5, SYS_pread64 = 179, SYS_pwrite64 = 180 };
enum { O_RDWR = 2, O_DIRECT = 0x20000 };
enum { STDIN, STDOUT };

#define SIZE	65536
#define WORDS	(SIZE / 8)

static unsigned long buffer[WORDS] __attribute__((aligned(SIZE)));

static long system_call(long number, long a, long b, long c, long d)
{
	register long r0 __asm__("r0") = number, r3 __asm__("r3") = a, r4 __asm__("r4") = b, r5 __asm__("r5") = c;
	register long r6 __asm__("r6") = d;

	__asm__ volatile("sc; bns+ 1f; neg 3,3; 1:" : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6)
			 : : "memory", "cr0", "ctr", "xer", "r7", "r8", "r9", "r10", "r11", "r12");
	return r3;
}

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

static void put(const char *text)
{
	long size = 0;

	while (text[size])
		size++;
	system_call(SYS_write, STDOUT, (long)text, size, 0);
}

static void put_number(long value)
{
	char digits[20];
	int at = sizeof(digits) - 1;
	unsigned long rest = value < 0 ? -(unsigned long)value : (unsigned long)value;

	digits[at] = 0;
	do
		digits[--at] = (char)('0' + rest % 10);
	while ((rest /= 10));
	put(value < 0 ? "-" : "");
	put(&digits[at]);
}

/* What the system call answered, and how much of the secret is left */
static void say(const char *step, long rc, unsigned long seed)
{
	static unsigned long was[WORDS];
	long kept = 0, zero = 0;
	char line;

	for (int i = 0; i < WORDS; i++)
		was[i] = buffer[i];
	fill(seed);
	for (int i = 0; i < WORDS; i++) {
		kept += was[i] == buffer[i];
		zero += !was[i];
		was[i] = 0;
	}
	put("overwrite: ");
	put(step);
	put(" ");
	put_number(rc);
	put(" kept ");
	put_number(kept);
	put(" zero ");
	put_number(zero);
	put("\n");
	system_call(SYS_read, STDIN, (long)&line, 1, 0);
}

void begin(const long *stack);
void begin(const long *stack)
{
	unsigned long seed = number((const char *)stack[2]);
	long disk = system_call(SYS_open, stack[3], O_RDWR | O_DIRECT, 0, 0);

	fill(seed);
	say("open", disk, seed);
	say("read", system_call(SYS_pread64, disk, (long)buffer, SIZE, 0), seed);
	say("bad", system_call(SYS_pread64, disk, (long)buffer, SIZE, SIZE), seed);
	say("write", system_call(SYS_pwrite64, disk, (long)buffer, SIZE, 2 * SIZE), seed);
	system_call(SYS_exit, 0, 0, 0, 0);
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
