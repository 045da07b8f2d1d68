// SPDX-License-Identifier: GPL-2.0-or-later
/* Instructions: Power ISA 3.0B Book I, chapters 2 and 3 */
#include "ultravisor/text/msr.h"

#include "abi/power.h"
#include "lib/endian.h"
#include "lib/string.h"

#define INSN_NOP 0x60000000

#define RECORDS(insn) ((insn) & 1)	/* the result is compared with 0, in CR0 */

uint32_t msr_insn(const struct msr_text *text, uint32_t index)
{
	return u32_load(text->at + 4UL * index, text->little);
}

static uint64_t rotate(uint64_t value, uint32_t n)
{
	return n ? value << n | value >> (64 - n) : value;
}

/* MASK() of section 3.3.14: ones from bit @from to bit @to, wrapping if @from is larger */
static uint64_t mask(uint32_t from, uint32_t to)
{
	uint64_t begin = ~0UL >> from, end = ~0UL << (63 - to);

	return from <= to ? begin & end : begin | end;
}

/* A result each bit of which may depend on any bit of its operands */
static uint64_t mixed(uint64_t bits)
{
	return bits ? ~0UL : 0;
}

/* rlwinm */
static uint64_t rotated_word(uint32_t insn, uint64_t bits)
{
	uint32_t low = (uint32_t)bits;

	return rotate((uint64_t)low << 32 | low, INSN_B(insn)) &
	       mask((insn >> 6 & 31) + 32, (insn >> 1 & 31) + 32);
}

/* rldicl rldicr rldic; others of this opcode are not known */
static bool rotated_doubleword(uint32_t insn, uint64_t bits, uint64_t *result)
{
	uint32_t by = INSN_B(insn) | (insn << 4 & 0x20), edge = (insn >> 6 & 31) | (insn & 0x20);

	switch (insn >> 2 & 7) {
	case 0:
		*result = rotate(bits, by) & mask(edge, 63);
		return true;
	case 1:
		*result = rotate(bits, by) & mask(0, edge);
		return true;
	case 2:
		*result = rotate(bits, by) & mask(edge, 63 - by);
		return true;
	}
	return false;
}

/* Primary opcode 31, by bits 21..30. RA = 0 counts as r0, which errs on the safe side. */
static bool step_31(uint32_t insn, uint64_t may[32], bool *used)
{
	uint64_t *t = &may[INSN_T(insn)], *a = &may[INSN_A(insn)], b = may[INSN_B(insn)], *to;

	switch (insn >> 1 & 0x3ff) {
	case 0: case 32:				/* cmp cmpl */
		*used |= *a | b;
		return true;
	case 21: case 23: case 87: case 279:		/* ldx lwzx lbzx lhzx */
		*used |= *a | b;
		*t = 0;
		return true;
	case 83:					/* mfmsr */
		if (!insn_is_mfmsr(insn))
			return false;
		*t = 0;
		return true;
	case 28: case 60: case 316: case 444:		/* and andc xor or */
		to = a;
		*to = *t | b;
		break;
	case 24: case 27: case 536: case 539:		/* slw sld srw srd */
		to = a;
		*to = mixed(*t | b);
		break;
	case 26: case 58: case 986:			/* cntlzw cntlzd extsw */
		to = a;
		*to = mixed(*t);
		break;
	case 40: case 233: case 266:			/* subf mulld add */
		to = t;
		*to = mixed(*a | b);
		break;
	default:
		return false;
	}
	*used |= RECORDS(insn) && *to;
	return true;
}

bool msr_step(uint32_t insn, uint64_t may[32], bool *used)
{
	uint64_t *t = &may[INSN_T(insn)], *a = &may[INSN_A(insn)];
	uint64_t immediate = (uint64_t)(insn & 0xffff) << (INSN_PRIMARY(insn) & 1 ? 16 : 0);

	switch (INSN_PRIMARY(insn)) {
	case 58:					/* ld lwa, not ldu */
		if (insn & 1)
			return false;
		/* fall through */
	case 32: case 34: case 40: case 42:		/* lwz lbz lhz lha */
		*used |= *a;
		*t = 0;
		return true;
	case 62:					/* std, not stdu, stq */
		if (insn & 3)
			return false;
		/* fall through */
	case 36: case 38: case 44:			/* stw stb sth */
		*used |= *t | *a;
		return true;
	case 10: case 11:				/* cmpli cmpi */
		*used |= *a;
		return true;
	case 14: case 15:				/* addi addis */
		*t = mixed(*a);
		return true;
	case 24: case 25:				/* ori oris */
		*a = *t & ~immediate;
		return insn != INSN_NOP;
	case 26: case 27:				/* xori xoris */
		*a = *t;
		return true;
	case 28: case 29:				/* andi. andis. */
		*a = *t & immediate;
		*used |= *a;
		return true;
	case 21:
		*a = rotated_word(insn, *t);
		*used |= RECORDS(insn) && *a;
		return true;
	case 30:
		if (!rotated_doubleword(insn, *t, a))
			return false;
		*used |= RECORDS(insn) && *a;
		return true;
	case 31:
		return step_31(insn, may, used);
	}
	return false;
}

/* A relative branch without link: b, or bc, which may go both ways */
static bool is_branch(uint32_t insn, uint32_t index, uint64_t *target, bool *both)
{
	int64_t to = (int64_t)(int32_t)(insn << 6) >> 6;

	if ((INSN_PRIMARY(insn) != 16 && INSN_PRIMARY(insn) != 18) || (insn & 3))
		return false;
	*both = INSN_PRIMARY(insn) == 16;
	if (*both)
		to = (int16_t)insn;
	*target = (uint64_t)(index + to / 4);
	return true;
}

static bool any_left(const uint64_t may[32])
{
	for (int r = 0; r < 32; r++)
		if (may[r])
			return true;
	return false;
}

static enum msr_fate follow_bits(const struct msr_text *text, uint64_t at,
				 const uint64_t before[32], int branches, int *steps)
{
	uint64_t may[32], target;
	bool both, used = false;

	for (memcpy(may, before, sizeof(may)); any_left(may); at++) {
		enum msr_fate fate;
		uint32_t insn;

		if (at >= text->count)
			return MSR_UNKNOWN;
		if (!(*steps)--)
			return MSR_FAR;
		insn = msr_insn(text, (uint32_t)at);
		if (!is_branch(insn, (uint32_t)at, &target, &both)) {
			if (!msr_step(insn, may, &used))
				return MSR_UNKNOWN;
			if (used)
				return MSR_USED;
			continue;
		}
		if (!branches--)
			return MSR_FAR;
		fate = follow_bits(text, target, may, branches, steps);
		if (!both || fate != MSR_GONE)
			return fate;
	}
	return MSR_GONE;
}

enum msr_fate msr_fate(const struct msr_text *text, uint32_t index, uint64_t bits)
{
	uint64_t may[32] = { 0 };
	int steps = MSR_STEPS;

	may[INSN_T(msr_insn(text, index))] = bits;
	return follow_bits(text, index + 1UL, may, MSR_BRANCHES, &steps);
}

enum msr_use msr_use(const struct msr_text *text, uint32_t index)
{
	if (msr_fate(text, index, MSR_S) == MSR_GONE)
		return MSR_IGNORES_S;
	return msr_fate(text, index, ~MSR_S) == MSR_GONE ? MSR_TESTS_S : MSR_SEEN;
}
