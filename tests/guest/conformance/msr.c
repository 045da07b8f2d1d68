// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/conformance/msr.h"

#include <stdbool.h>

#include "abi/power.h"
#include "lib/arch.h"
#include "lib/format.h"
#include "lib/string.h"

#define PAGE  4096UL
#define MFMSR 0x7d2000a6	/* mfmsr r9 */
#define BLR   0x4e800020
#define WHOLE (MSR_SF | MSR_ME | MSR_S)
#define CR0   0xe0000000UL	/* as mfcr has it, less SO; MSR has nothing there */
#define GT    0x40000000UL
#define EQ    0x20000000UL

#define ADDIS 0x3c82fff8	/* addis r4,r2,-8 */
#define LI    0x39400001	/* li r10,1 */
#define ANDIS 0x75290040	/* andis. r9,r9,64 */
#define NOP   0x60000000

static const struct {
	const char *what;
	uint32_t insn[6];
	uint64_t want;
} cases[] = {
	{ "andis. 64", { ANDIS }, MSR_S | GT },
	{ "rldicl 42,63", { 0x792957e2 }, 1 },
	{ "rldicl. 42,63", { 0x792957e3 }, 1 | GT },
	{ "rlwinm 10,31,31", { 0x552957fe }, 1 },
	{ "rlwinm. 0,9,9", { 0x55290253 }, MSR_S | GT },
	{ "andis. 64, fifth", { ADDIS, LI, LI, ADDIS, ANDIS }, MSR_S | GT },
	{ "andis. 64, sixth", { ADDIS, LI, LI, ADDIS, LI, ANDIS }, MSR_S | GT },
	{ "isync, andis. 64", { 0x4c00012c, ANDIS }, MSR_S | GT },
	{ "b .+4, andis. 64", { 0x48000004, ANDIS }, MSR_S | GT },
	{ "nop, andis. 64", { NOP, ANDIS }, MSR_S | GT },
	{ "andis. 192", { 0x752900c0 }, MSR_S | GT },
	{ "andis. 64 to r10", { 0x752a0040 }, WHOLE | GT },
	{ "andis. 64 of r10", { LI, 0x75490040 }, 0 | EQ },
	{ "a test of HV", { 0x792927e1 }, 0 | EQ },
	{ "a test of SF", { 0x79290fe0 }, 1 },
	{ "a test of ME", { 0x71291000 }, MSR_ME | GT },
	{ "all of it", { 0x7d294b78 }, WHOLE },
	{ "none of it", { LI, 0x39200007 }, 7 },
	{ "mfmsr again, andis. 64", { MFMSR, ANDIS }, MSR_S | GT },
	{ "mfmsr r10, andis. 64", { 0x7d4000a6, ANDIS }, MSR_S | GT },
};

static bool compares(uint32_t insn)
{
	return insn >> 26 == 28 || insn >> 26 == 29 || ((insn >> 26 == 21 || insn >> 26 == 30) && (insn & 1));
}

/* mfmsr r9, the instructions; r3 = r9, and CR0 if one of them compares */
static unsigned int write_code(uint32_t *code, const uint32_t *insn, unsigned int count)
{
	bool compare = false;
	unsigned int n = 0;

	code[n++] = MFMSR;
	for (unsigned int i = 0; i < count && insn[i]; i++) {
		code[n++] = insn[i];
		compare |= compares(insn[i]);
	}
	code[n++] = 0x7c800026;		/* mfcr r4 */
	code[n++] = 0x54840004;		/* rlwinm r4,r4,0,0,2 */
	code[n++] = 0x7d234b78;		/* mr r3,r9 */
	code[n++] = compare ? 0x7c632378 : NOP;	/* or r3,r3,r4 */
	code[n++] = BLR;
	cache_sync(code, n * sizeof(*code));
	return n;
}

static uint64_t run(uint64_t at, uint64_t argument, uint64_t word)
{
	return ((uint64_t (*)(uint64_t, uint64_t))at)(argument, word);
}

static void use(unsigned int number, uint64_t code, struct msr_result *result)
{
	result->what = cases[number].what;
	result->want = cases[number].want;
	write_code((uint32_t *)code, cases[number].insn, 6);
	result->got = run(code, 0, 0);
	if (result->want & MSR_SF)
		result->got &= WHOLE | CR0;
}

/* li r10,1 and the test, @left words of which lie in the first page, after the mfmsr */
static void page_end(unsigned int left, uint64_t code, struct msr_result *result)
{
	static const uint32_t insn[] = { LI, LI, ANDIS };
	static const char *const what[] = { "li, li, andis. 64 in the next page", "li, andis. 64 in the next page",
					    "andis. 64 in the next page", "the page ends after andis. 64" };
	uint64_t at = code + PAGE - 4 * (left + 1);

	result->what = what[left];
	result->want = MSR_S | GT;
	write_code((uint32_t *)at, insn, 3);
	result->got = run(at, 0, 0);
}

/* Code that stores what follows its own mfmsr: the same again, a nop, andis. again */
static void own_store(unsigned int number, uint64_t code, struct msr_result *result)
{
	static const uint32_t store[] = {
		0x90830000, 0x7c00186c, 0x7c0004ac, 0x7c001fac, 0x4c00012c,	/* stw r4,0(r3); dcbst sync icbi isync */
	};
	static const uint32_t test[] = { ANDIS };
	static const char *const what[] = { "andis. 64 stored from the own page", "nop stored from the own page",
					    "andis. 64 stored again" };
	uint32_t *at = (uint32_t *)code + sizeof(store) / sizeof(store[0]);

	result->what = what[number];
	result->want = number == 1 ? WHOLE : MSR_S;
	if (number == 0) {
		memcpy((void *)code, store, sizeof(store));
		write_code(at, test, 1);
		at[5] = NOP;		/* not CR0 */
		cache_sync((void *)code, 64);
		run((uint64_t)at, 0, 0);
	}
	result->got = run(code, (uint64_t)(at + 1), number == 1 ? NOP : ANDIS) & WHOLE;
}

int msr_case(unsigned int number, uint64_t code, struct msr_result *result)
{
	const unsigned int uses = sizeof(cases) / sizeof(cases[0]);

	if (number < uses)
		use(number, code, result);
	else if (number < uses + 4)
		page_end(number - uses, code, result);
	else if (number < uses + 7)
		own_store(number - uses - 4, code, result);
	else
		return 0;
	return 1;
}
