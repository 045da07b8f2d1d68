/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the value of an mfmsr is used by the instructions after it. If only MSR[S] is used it can
 * become `lis RT,0x40`, if MSR[S] is not used it can stay; otherwise it has to trap.
 *
 * Some bits of the value are followed through the general registers, both ways at a branch, until
 * none of them is left in any. They count as used if memory, CR, XER, an address, or anything done
 * by an instruction that is not known, could depend on them.
 */
#ifndef ULTRAVISOR_TEXT_MSR_H
#define ULTRAVISOR_TEXT_MSR_H

#include <stdbool.h>
#include <stdint.h>

/* Instruction words */
#define INSN_MFMSR	0x7c0000a6
#define INSN_MFMSR_MASK 0xfc1fffff
#define INSN_LIS_S	0x3c000040

/* How many instructions are followed, all paths together, and how many branches on one path. */
#define MSR_STEPS    32
#define MSR_BRANCHES 3

enum msr_use {
	MSR_SEEN,	/* as a whole, or nobody can tell */
	MSR_TESTS_S,	/* only for MSR[S] */
	MSR_IGNORES_S,	/* not for MSR[S] */
};

/* What became of some bits. All but the first: they may be used. */
enum msr_fate {
	MSR_GONE,	/* overwritten on every path */
	MSR_USED,	/* something depends on them */
	MSR_UNKNOWN,	/* met an instruction that is not known, or the end of the text */
	MSR_FAR,	/* still there after MSR_STEPS or MSR_BRANCHES */
};

/* Instructions that cannot change while one of them is executed: those of a page. */
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
 * A jump into the middle brings a value of its own, and an interrupt or a fault restores all
 * registers. A nop counts as not known, because Linux patches nops into branches.
 */
enum msr_use msr_use(const struct msr_text *text, uint32_t index);

/* msr_fate() - of the bits @bits of the value of the mfmsr at @index */
enum msr_fate msr_fate(const struct msr_text *text, uint32_t index, uint64_t bits);

/* The instruction at @index, which is less than count. */
uint32_t msr_insn(const struct msr_text *text, uint32_t index);

/*
 * msr_step() - follow one instruction, which is not a branch.
 * @may: which bits of each general register may depend on those followed: before, and on return
 * after it
 * @used: set if anything else may depend on them
 * Returns false, with nothing changed, if the instruction is not known.
 */
bool msr_step(uint32_t insn, uint64_t may[32], bool *used);

#endif /* ULTRAVISOR_TEXT_MSR_H */
