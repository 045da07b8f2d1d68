// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /init: are translations of a whole page gone once Linux has invalidated them? A page that was only read is Linux'
 * page of zeros until it is written. Here the kernel writes it, so that what user mode still has in the TLB shows the
 * zeros: this thread's, and that of another on another CPU. Each piece of 4 KiB of 64 KiB has its turn.
 */
#include "tests/guest/pefkernel/user.h"

/* Numbers of Linux: arch/powerpc/kernel/syscalls/syscall.tbl, include/uapi/linux/sched.h, reboot.h, asm-generic/mman.h */
enum { SYS_read = 3, SYS_pipe = 42, SYS_reboot = 88, SYS_mmap = 90, SYS_clone = 120 };
enum { PROT_READ_WRITE = 3, MAP_PRIVATE_ANONYMOUS = 0x22, THREAD_FLAGS = 0x50f00 };
#define LINUX_REBOOT_MAGIC1	0xfee1dead
#define LINUX_REBOOT_MAGIC2	672274793
#define LINUX_REBOOT_POWER_OFF	0x4321fedc

#define SIZE	65536
#define PIECE	4096
#define PAGES	256
#define VALUE	0x1122334455667788

static volatile unsigned long *volatile shown;	/* what the other thread is to look at */
static volatile unsigned long looked, written, other_stale, own_stale;
static char stack[SIZE] __attribute__((aligned(16)));

/* The other thread: look before and after the kernel writes. */
_Noreturn static void look_twice(void)
{
	volatile unsigned long *at;

	for (unsigned long turn = 1;; turn++) {
		while (!shown || looked == turn)
			;
		at = shown;
		(void)*at;
		looked = turn;
		while (written != turn)
			;
		other_stale += *at != VALUE;
		shown = 0;
	}
}

static void start_thread(void)
{
	register long r0 __asm__("r0") = SYS_clone, r3 __asm__("r3") = THREAD_FLAGS;
	register long r4 __asm__("r4") = (long)(stack + SIZE - 128);
	void (*run)(void) = look_twice;

	__asm__ volatile("sc; cmpdi 3,0; bne 1f; mr 12,%3; mtctr 12; bctr; 1:"
			 : "+r"(r0), "+r"(r3), "+r"(r4) : "r"(run)
			 : "memory", "cr0", "ctr", "xer", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12");
}

static void one_page(const int *pipe, volatile unsigned long *at, unsigned long turn, int two)
{
	unsigned long value = VALUE;

	CALL(SYS_write, pipe[1], &value, sizeof(value));
	if (two) {
		shown = at;
		while (looked != turn)
			;
	}
	(void)*at;
	CALL(SYS_read, pipe[0], at, sizeof(value));
	own_stale += *at != VALUE;
	written = turn;
	while (two && shown)
		;
}

/* Linux passes on an argument that is no option: any such makes it two threads. */
_Noreturn void begin(const long *boot)
{
	int pipe[2], two = boot[0] > 1;
	char *pages = (char *)system_call(SYS_mmap, 0, PAGES * SIZE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);

	CALL(SYS_pipe, pipe, 0, 0);
	if (two)
		start_thread();
	for (unsigned long i = 0; i < PAGES; i++)
		one_page(pipe, (volatile unsigned long *)(pages + i * SIZE + i % (SIZE / PIECE) * PIECE), i + 1, two);
	say("stale: own ");
	say_number(own_stale, 10);
	say(" other ");
	say_number(other_stale, 10);
	say("\n");
	for (;;)
		CALL(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_POWER_OFF);
}
