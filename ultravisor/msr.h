/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of the value of an mfmsr, as far as the instructions behind it tell: one that is only asked
 * for MSR[S] can be `lis RT,0x40`, one of which S is never seen can stay; others go to the ultravisor.
 */
#ifndef ULTRAVISOR_MSR_H
#define ULTRAVISOR_MSR_H

#include <stdbool.h>
#include <stdint.h>

/* Instruction words. RT: bits 6..10 */
#define INSN_MFMSR	0x7c0000a6
#define INSN_MFMSR_MASK 0xfc1fffff
#define INSN_LIS_S	0x3c000040
#define INSN_RT_SHIFT	21

/* How many instructions behind an mfmsr are looked at. */
#define MSR_WINDOW 5

enum msr_use {
	MSR_SEEN,	/* it may be used as a whole, or nobody can tell */
	MSR_TESTS_S,	/* its first reader keeps MSR[S] alone, and puts it in its place */
	MSR_IGNORES_S,	/* it is overwritten first, or its first reader keeps other bits in its place */
};

static inline bool insn_is_mfmsr(uint32_t insn)
{
	return (insn & INSN_MFMSR_MASK) == INSN_MFMSR;
}

/*
 * msr_use() - how the value of an mfmsr is used.
 * @mfmsr: the instruction
 * @next: the @count instructions behind it that are sure to be executed with it: of the same page
 *
 * No branch may lie between (what jumps into their midst brings a value of its own), nor anything
 * that is not known or becomes a branch later (nop: Linux patches it). An interrupt or a fault between
 * gives all registers back.
 */
enum msr_use msr_use(uint32_t mfmsr, const uint32_t *next, unsigned int count);

/*
 * msr_picks() - does @insn keep some bits of register @rt, and nothing else?
 * @to: where it puts them
 * @s, @others: whether MSR[S] is among them, and whether any other bit is
 */
bool msr_picks(uint32_t insn, uint32_t rt, uint32_t *to, bool *s, bool *others);

/*
 * insn_registers() - the general registers an instruction reads and writes, bit n for register n. False
 * for one that is not known, that branches or traps, or that changes more than them, CR, XER and memory.
 */
bool insn_registers(uint32_t insn, uint32_t *reads, uint32_t *writes);

#endif /* ULTRAVISOR_MSR_H */
