// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A user program that cannot tell whether the ultravisor has replaced instructions of it: text reads as written,
 * privileged and illegal words trap as they should, sc 2 is refused, code may change itself. Little-endian.
 *
 *	exact [ROUNDS [own]]	prints what is wrong, then "exact: CHECKS checks, FAILED failed"
 *
 * own: only the page that is read and executed at once. All processes have the same one.
 */
#include <stdbool.h>
#include <stdint.h>

#include "tests/guest/pefkernel/user.h"

/* Numbers of Linux: arch/powerpc/kernel/syscalls/syscall.tbl, include/uapi/asm-generic */
enum { SYS_exit = 1, SYS_read = 3, SYS_pipe = 42, SYS_mmap = 90, SYS_mprotect = 125, SYS_rt_sigaction = 173 };
enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20 };
enum { SIGILL = 4, SA_SIGINFO = 4, ILL_ILLOPC = 1, ILL_PRVOPC = 5 };

#define U_PERMISSION	(-11)
#define UV_SHARE_PAGE	0xf130
#define PAGE		65536UL

#define SC2	0x44000042U
#define MFMSR	0x7c6000a6U	/* mfmsr r3 */
#define ANDIS	0x74630040U	/* andis. r3,r3,64 */
#define BLR	0x4e800020U
#define LI	0x38600000U	/* li r3,0 */
#define TURNED_SC2	0x42000044U	/* bdnz .+0x44 */
#define TURNED_MFMSR	0xa600607cU	/* lhzu r16,0x607c(0): an invalid form */

typedef long word_fn(long r3);
extern word_fn own_sc2, own_mfmsr, own_test, own_22, own_zero;
extern uint32_t own_load(const void *at), own_vector_load(const void *at), own_float_load(const void *at);
extern const uint32_t own_words[8];
extern const uint32_t self_storing[], self_storing_end[];

static unsigned int checks, failed;
static volatile int trapped;		/* si_code of the last SIGILL */

static void check(const char *what, unsigned long number, long got, long want)
{
	checks++;
	if (got == want)
		return;
	failed++;
	say("exact: FAIL ");
	say(what);
	say(" #");
	say_number(number, 10);
	say(": 0x");
	say_number((unsigned long)got, 16);
	say(", want 0x");
	say_number((unsigned long)want, 16);
	say("\n");
}

/* Behind the word that trapped. Offsets: asm/ucontext.h, asm/sigcontext.h, asm/ptrace.h of powerpc */
static void on_sigill(int signal, const int *info, uint8_t *context)
{
	uint64_t *regs = *(uint64_t **)(context + 168 + 56);

	(void)signal;
	trapped = info[2];
	regs[32] += 4;
}

static void catch_sigill(void)
{
	struct { void *handler; unsigned long flags; void *restorer; uint64_t mask; } action = { on_sigill, SA_SIGINFO, 0, 0 };

	check("sigaction", 0, system_call(SYS_rt_sigaction, SIGILL, (long)&action, 0, 8, 0, 0), 0);
}

/* Run a word; the trap that it is, or 0. */
static int trap_of(word_fn *code)
{
	trapped = 0;
	code(1);
	return trapped;
}

static void own_page(unsigned int round)
{
	static const uint32_t want[8] = { SC2, BLR, MFMSR, BLR, MFMSR, ANDIS, BLR, 0x58605001 };

	check("sc 2", round, own_sc2(UV_SHARE_PAGE), U_PERMISSION);
	check("mfmsr", round, trap_of(own_mfmsr), ILL_PRVOPC);
	check("a test of MSR[S]", round, trap_of(own_test), ILL_PRVOPC);
	check("a word of opcode 22", round, trap_of(own_22), ILL_ILLOPC);
	check("a word of 0", round, trap_of(own_zero), ILL_ILLOPC);
	for (int i = 0; i < 8; i++) {
		check("own load", (unsigned long)i, own_load(&own_words[i]), want[i]);
		own_sc2(UV_SHARE_PAGE);
		check("load", (unsigned long)i, ((const volatile uint32_t *)own_words)[i], want[i]);
		own_sc2(UV_SHARE_PAGE);
		check("own vector load", (unsigned long)i, own_vector_load(&own_words[i]), want[i]);
		own_sc2(UV_SHARE_PAGE);
		check("own float load", (unsigned long)i, own_float_load(&own_words[i]), want[i]);
		check("sc 2 after loads", (unsigned long)i, own_sc2(UV_SHARE_PAGE), U_PERMISSION);
	}
}

/* The kernel reads the text: through a pipe. */
static void kernel_reads(unsigned int round)
{
	static int ends[2];
	uint32_t got[8];

	if (!ends[1])
		check("pipe", round, CALL(SYS_pipe, ends, 0, 0), 0);
	own_sc2(UV_SHARE_PAGE);
	check("write of text", round, CALL(SYS_write, ends[1], own_words, sizeof(got)), sizeof(got));
	check("read", round, CALL(SYS_read, ends[0], got, sizeof(got)), sizeof(got));
	for (int i = 0; i < 8; i++)
		check("text seen by the kernel", (unsigned long)i, got[i], own_words[i]);
}

static void sync_code(const void *at)
{
	__asm__ volatile("dcbst 0,%0; sync; icbi 0,%0; isync" : : "r"(at) : "memory");
}

static uint32_t *map(long rights)
{
	long at = system_call(SYS_mmap, 0, PAGE, rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check("mmap", 0, at > 0, 1);
	return (uint32_t *)at;
}

/* A word, then blr, at @code: what it does, by kind */
static void run_written(uint32_t *code, unsigned int number)
{
	static const uint32_t words[] = { SC2, MFMSR, 0x58005002, LI, TURNED_MFMSR };
	unsigned int kind = number % 5;
	uint32_t word = words[kind] | (kind == 3 ? number & 0x7fff : 0);
	long got;

	code[0] = word;
	code[1] = BLR;
	sync_code(code);
	trapped = 0;
	got = ((word_fn *)code)(UV_SHARE_PAGE);
	if (kind == 0 || kind == 3)
		check("written code", number, got, kind ? (long)(number & 0x7fff) : U_PERMISSION);
	else
		check("trap of written code", number, trapped, kind == 1 ? ILL_PRVOPC : ILL_ILLOPC);
	check("written code reads back", number, code[0], word);
}

static void jit(uint32_t *all, uint32_t *either)
{
	for (unsigned int i = 0; i < 500; i++)
		run_written(all + i % 7 * 64, i);
	for (unsigned int i = 0; i < 50; i++) {
		CALL(SYS_mprotect, either, PAGE, PROT_READ | PROT_WRITE);
		either[0] = i % 2 ? SC2 : LI | i;
		either[1] = BLR;
		sync_code(either);
		CALL(SYS_mprotect, either, PAGE, PROT_READ | PROT_EXEC);
		check("code after mprotect", i, ((word_fn *)either)(UV_SHARE_PAGE), i % 2 ? U_PERMISSION : (long)i);
	}
}

/* `sc 2` of the other byte order is a branch of this one. */
static void other_order(uint32_t *code)
{
	static const uint32_t words[] = { 0x7c6903a6, TURNED_SC2, LI | 2, BLR };	/* mtctr r3 */

	for (int i = 0; i < 4; i++)
		code[i] = words[i];
	code[1 + 0x44 / 4] = LI | 1;
	code[2 + 0x44 / 4] = BLR;
	for (int i = 0; i < 0x60 / 4; i++)
		sync_code(code + i);
	check("bdnz taken", 0, ((word_fn *)code)(2), 1);
	check("bdnz not taken", 0, ((word_fn *)code)(1), 2);
}

/* A loop that stores an instruction of its own at each turn, next to an sc 2 */
static void self_store(uint32_t *code, long turns)
{
	long (*run)(long, uint32_t *);

	for (long i = 0; i < self_storing_end - self_storing; i++) {
		code[i] = self_storing[i];
		sync_code(code + i);
	}
	run = (long (*)(long, uint32_t *))code;
	check("a loop that stores into itself", 0, run(turns, code), turns * (turns - 1) / 2);
}

static long to_number(const char *text)
{
	long value = 0;

	while (*text >= '0' && *text <= '9')
		value = 10 * value + *text++ - '0';
	return value;
}

void begin(const long *stack)
{
	long rounds = stack[0] > 1 ? to_number((const char *)stack[2]) : 1;
	uint32_t *all = map(PROT_READ | PROT_WRITE | PROT_EXEC), *either = map(PROT_READ | PROT_WRITE);

	catch_sigill();
	for (unsigned int round = 0; round < rounds; round++) {
		own_page(round);
		if (stack[0] > 2)
			continue;
		kernel_reads(round);
		jit(all, either);
		other_order(all + 1024);
		self_store(all + 2048, 100);
	}
	say("exact: ");
	say_number(checks, 10);
	say(" checks, ");
	say_number(failed, 10);
	say(" failed\n");
	CALL(SYS_exit, failed != 0, 0, 0);
	__builtin_unreachable();
}

__asm__(
/* A page of its own: words that are executed, and code that reads them from the same page */
"	.section .text.own, \"ax\"\n"
"	.balign 4096\n"
"	.globl	own_words, own_sc2, own_mfmsr, own_test, own_22, own_zero\n"
"	.globl	own_load, own_vector_load, own_float_load\n"
"own_words:\n"
"own_sc2:	.long 0x44000042; blr\n"
"own_mfmsr:	.long 0x7c6000a6; blr\n"
"own_test:	.long 0x7c6000a6; andis. 3, 3, 64; blr\n"
"own_22:	.long 0x58605001; blr\n"
"own_zero:	.long 0; blr\n"
"own_load:	lwz 3, 0(3); blr\n"
"own_vector_load: lxsiwzx 0, 0, 3; mfvsrd 3, 0; blr\n"
"own_float_load: lfiwzx 0, 0, 3; mfvsrd 3, 0; blr\n"
"	.balign	4096\n"
/* r3 turns, r4 where it is */
"	.globl	self_storing, self_storing_end\n"
"self_storing:\n"
"	mr	7, 3; li 8, 0; lis 9, 0x3908; mr 10, 4\n"
"1:	addi	6, 10, 2f - self_storing\n"
"	stw	9, 0(6); dcbst 0, 6; sync; icbi 0, 6; isync\n"
"2:	addi	8, 8, 0x7777\n"
"	lis	3, 1; addi 3, 3, -0xed0\n"
"	lwz	5, 4f - self_storing(10); lis 11, 0x4400; ori 11, 11, 0x42; cmplw 5, 11; bne 3f\n"
"4:	.long	0x44000042\n"
"	cmpdi	3, -11; bne 3f\n"
"	addi	9, 9, 1; addic. 7, 7, -1; bne 1b\n"
"	mr	3, 8; blr\n"
"3:	li	3, -1; blr\n"
"self_storing_end:\n"
"	.previous\n"
);
