/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of the value of an mfmsr, as far as the instructions behind it tell: one that is only asked
 * for MSR[S] can be `lis RT,0x40`, one of which S is never seen can stay; others go to the ultravisor.
 *
 * Some bits of the value are followed through the general registers, both ways at a branch, until none of
 * them is left in any. They are seen if memory, CR, XER, an address or anything that is not known could
 * depend on them.
 */
#ifndef ULTRAVISOR_TEXT_MSR_H
#define ULTRAVISOR_TEXT_MSR_H

#include <stdbool.h>
#include <stdint.h>

/* Instruction words */
#define INSN_MFMSR	0x7c0000a6
#define INSN_MFMSR_MASK 0xfc1fffff
#define INSN_LIS_S	0x3c000040

/* How many instructions are looked at, all ways together, and how many branches on one way. */
#define MSR_STEPS    32
#define MSR_BRANCHES 3

enum msr_use {
	MSR_SEEN,	/* it may be used as a whole, or nobody can tell */
	MSR_TESTS_S,	/* of all its bits, only MSR[S] is ever seen */
	MSR_IGNORES_S,	/* MSR[S] is never seen */
};

/* What became of some bits. All but the first: they may be seen. */
enum msr_fate {
	MSR_GONE,	/* overwritten on every way */
	MSR_USED,	/* something depends on them */
	MSR_UNKNOWN,	/* an instruction that is not known, or the end of the text */
	MSR_FAR,	/* they were still there when enough had been looked at */
};

/* Instructions that are sure to be executed as they are while one of them is: those of a page. */
struct msr_text {
	const uint8_t *at;
	uint32_t count;
	bool little;
};

static inline bool insn_is_mfmsr(uint32_t insn)
{
	return (insn & INSN_MFMSR_MASK) == INSN_MFMSR;
}

/*
 * msr_use() - how the value of the mfmsr at @index is used.
 *
 * What jumps into the midst brings a value of its own, and an interrupt or a fault gives all registers
 * back. A nop counts as not known: Linux makes branches of them.
 */
enum msr_use msr_use(const struct msr_text *text, uint32_t index);

/* msr_fate() - of the bits @bits of the value of the mfmsr at @index */
enum msr_fate msr_fate(const struct msr_text *text, uint32_t index, uint64_t bits);

/* The instruction at @index, which is less than count. */
uint32_t msr_insn(const struct msr_text *text, uint32_t index);

/*
 * msr_step() - one instruction that is no branch.
 * @may: the bits of each general register that may depend on those followed; before, then after
 * @used: set if anything else may
 * Returns false, and nothing is changed, if the instruction is not known.
 */
bool msr_step(uint32_t insn, uint64_t may[32], bool *used);

#endif /* ULTRAVISOR_TEXT_MSR_H */
