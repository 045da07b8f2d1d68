// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/msr.h"

#include "abi/power.h"

#define INSN_NOP 0x60000000

/* Fields of an instruction, Book I section 1.6: the second and third register, and T or S */
#define FIELD_T(insn) ((insn) >> 21 & 31)
#define FIELD_A(insn) ((insn) >> 16 & 31)
#define FIELD_B(insn) ((insn) >> 11 & 31)
#define PRIMARY(insn) ((insn) >> 26)
#define BIT(n)	      (1U << (n))

/* Primary opcode 31, bits 21..30. RA = 0 counts as a read of r0, which errs to the safe side. */
static bool registers_of_31(uint32_t insn, uint32_t *reads, uint32_t *writes)
{
	uint32_t t = BIT(FIELD_T(insn)), a = BIT(FIELD_A(insn)), b = BIT(FIELD_B(insn));

	*writes = 0;
	switch (insn >> 1 & 0x3ff) {
	case 0: case 32:				/* cmp cmpl */
		*reads = a | b;
		return true;
	case 40: case 266:				/* subf add */
	case 21: case 23: case 87: case 279:		/* ldx lwzx lbzx lhzx */
		*reads = a | b;
		*writes = t;
		return true;
	case 28: case 60: case 316: case 444: case 986:	/* and andc xor or extsw */
		*reads = t | b;
		*writes = a;
		return true;
	case 83:					/* mfmsr */
		*reads = 0;
		*writes = t;
		return insn_is_mfmsr(insn);
	}
	return false;
}

bool insn_registers(uint32_t insn, uint32_t *reads, uint32_t *writes)
{
	uint32_t t = BIT(FIELD_T(insn)), a = BIT(FIELD_A(insn));

	switch (PRIMARY(insn)) {
	case 58:					/* ld lwa, not ldu */
		if (insn & 1)
			return false;
		/* fall through */
	case 14: case 15:				/* addi addis */
	case 32: case 34: case 40: case 42:		/* lwz lbz lhz lha */
		*reads = a;
		*writes = t;
		return true;
	case 62:					/* std, not stdu, stq */
		if (insn & 3)
			return false;
		/* fall through */
	case 36: case 38: case 44:			/* stw stb sth */
		*reads = t | a;
		*writes = 0;
		return true;
	case 10: case 11:				/* cmpli cmpi */
		*reads = a;
		*writes = 0;
		return true;
	case 30:					/* rldicl rldicr rldic */
		if ((insn >> 2 & 7) > 2)
			return false;
		/* fall through */
	case 21: case 24: case 25: case 26: case 27: case 28: case 29:
		*reads = t;				/* rlwinm ori oris xori xoris andi. andis. */
		*writes = a;
		return insn != INSN_NOP;
	case 31:
		return registers_of_31(insn, reads, writes);
	}
	return false;
}

static uint64_t rotate(uint64_t value, uint32_t n)
{
	return n ? value << n | value >> (64 - n) : value;
}

/* MASK() of Book I section 3.3.14: ones from bit @from to bit @to, perhaps around the end */
static uint64_t mask(uint32_t from, uint32_t to)
{
	uint64_t begin = ~0UL >> from, end = ~0UL << (63 - to);

	return from <= to ? begin & end : begin | end;
}

/* What the instruction makes of @value; false if it does not just pick bits. */
static bool pick(uint32_t insn, uint64_t value, uint64_t *kept)
{
	uint32_t low = (uint32_t)value, field = (insn >> 6 & 31) | (insn & 0x20);
	uint32_t by = FIELD_B(insn) | (insn << 4 & 0x20);

	switch (PRIMARY(insn)) {
	case 28:
		*kept = value & (insn & 0xffff);
		return true;
	case 29:
		*kept = value & (insn & 0xffff) << 16;
		return true;
	case 21:
		*kept = rotate((uint64_t)low << 32 | low, FIELD_B(insn)) &
			mask((insn >> 6 & 31) + 32, (insn >> 1 & 31) + 32);
		return true;
	case 30:
		*kept = rotate(value, by) & ((insn >> 2 & 7) == 0 ? mask(field, 63) : mask(0, field));
		return (insn >> 2 & 7) < 2;
	}
	return false;
}

bool msr_picks(uint32_t insn, uint32_t rt, uint32_t *to, bool *s, bool *others)
{
	uint64_t kept;

	if (FIELD_T(insn) != rt || !pick(insn, MSR_S, &kept))
		return false;
	*to = FIELD_A(insn);
	*s = kept != 0;
	pick(insn, ~MSR_S, &kept);
	*others = kept != 0;
	return true;
}

static enum msr_use first_reader(uint32_t insn, uint32_t rt)
{
	uint32_t to;
	bool s, others;

	if (!msr_picks(insn, rt, &to, &s, &others) || to != rt)
		return MSR_SEEN;
	return !s ? MSR_IGNORES_S : others ? MSR_SEEN : MSR_TESTS_S;
}

enum msr_use msr_use(uint32_t mfmsr, const uint32_t *next, unsigned int count)
{
	uint32_t rt = FIELD_T(mfmsr), reads, writes;

	for (unsigned int i = 0; i < count && i < MSR_WINDOW; i++) {
		if (!insn_registers(next[i], &reads, &writes))
			return MSR_SEEN;
		if (reads & BIT(rt))
			return first_reader(next[i], rt);
		if (writes & BIT(rt))
			return MSR_IGNORES_S;
	}
	return MSR_SEEN;
}
