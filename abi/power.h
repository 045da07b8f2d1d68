/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power ISA: machine state and special purpose registers which pefboot uses.
 * Bits are written in the ISA's numbering (bit 0 is the most significant of 64), so that
 * code and book show the same number. Usable from C and from assembly.
 * Source: Power ISA 3.0B/3.1, Book III; sections are named at the groups.
 */
#ifndef ABI_POWER_H
#define ABI_POWER_H

#ifdef __ASSEMBLER__
#define BIT_BE(n) (1 << (63 - (n)))
#else
#define BIT_BE(n) (1UL << (63 - (n)))
#endif

/* MSR, Book III section 4.2.1 */
#define MSR_SF_BIT 0		/* 64-bit mode; too wide for an assembler immediate */
#define MSR_HV_BIT 3
#define MSR_S	   BIT_BE(41)	/* secure state (PEF), ISA 3.1; also Linux asm/reg.h:72 */
#define MSR_EE	   BIT_BE(48)
#define MSR_PR	   BIT_BE(49)
#define MSR_FP	   BIT_BE(50)
#define MSR_ME	   BIT_BE(51)
#define MSR_IR	   BIT_BE(58)
#define MSR_DR	   BIT_BE(59)
#define MSR_RI	   BIT_BE(62)
#define MSR_LE	   BIT_BE(63)

#ifndef __ASSEMBLER__
#define MSR_SF BIT_BE(MSR_SF_BIT)
#define MSR_HV BIT_BE(MSR_HV_BIT)
#endif

/* SPR numbers, Book III section 5.4.1 (table of SPR encodings) */
#define SPR_DSISR  18
#define SPR_DAR	   19
#define SPR_DEC	   22
#define SPR_SRR0   26
#define SPR_SRR1   27
#define SPR_TB	   268
#define SPR_SPRG0  272
#define SPR_SPRG1  273
#define SPR_SPRG2  274
#define SPR_SPRG3  275
#define SPR_PVR	   287

/*
 * Bytes of which dcbz, dcbst and icbi take care at once, Book II section 4.3: POWER8 to POWER11
 * (Linux arch/powerpc/kernel/cpu_specs_book3s_64.h .dcache_bsize)
 */
#define CACHE_BLOCK 128

/* Effective addresses of quadrant 3, of radix translation: Book III section 5.7.5.1 */
#define QUADRANT_3 0xc000000000000000UL

/*
 * Instruction words: system call with LEV 0, 1 (hypercall) and 2 (ultracall), Book I section 3.3.1
 */
#define INSN_SC_0  0x44000002
#define INSN_SC_1  0x44000022
#define INSN_SC_2  0x44000042

/*
 * slbia, Book III section 5.9.3.1; tlbie and tlbiel of one page (RIC = 0) of a process (PRS = 1),
 * section 5.9.3.3, whose fields RS, R and RB are not in the mask
 */
#define INSN_SLBIA	     0x7c0003e4
#define INSN_TLBIE_PAGE	     0x7c020264
#define INSN_TLBIEL_PAGE     0x7c020224
#define INSN_TLBIE_PAGE_MASK 0xfc0e07ff

/*
 * Fields of an instruction, Book I section 1.6: primary opcode; first register (T or S), second,
 * third
 */
#define INSN_PRIMARY(insn) ((insn) >> 26)
#define INSN_T(insn)	   ((insn) >> 21 & 31)
#define INSN_A(insn)	   ((insn) >> 16 & 31)
#define INSN_B(insn)	   ((insn) >> 11 & 31)
#define INSN_WITH_B(insn, b) (((insn) & ~(31U << 11)) | (uint32_t)(b) << 11)

#endif /* ABI_POWER_H */
