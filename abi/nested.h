/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nested HV, version 1: how a guest hypervisor (L1) runs a guest of its own (L2) under QEMU, and
 * the radix tables by which it gives that guest memory.
 * Sources: Linux Documentation/arch/powerpc/kvm-nested.rst and asm/hvcall.h (struct
 * hv_guest_state); QEMU include/hw/ppc/spapr_nested.h, hw/ppc/spapr_nested.c; Power ISA 3.0B
 * Book III 5.7 (radix tree translation), 6.5 (interrupts).
 */
#ifndef ABI_NESTED_H
#define ABI_NESTED_H

#include <stdint.h>

#define H_SET_PARTITION_TABLE 0xf800	/* table | log2(size) - 12 */
/* struct hv_state, struct hv_regs -> r3 vector of the exit */
#define H_ENTER_NESTED	      0xf804
#define H_TLB_INVALIDATE      0xf808
#define H_COPY_TOFROM_GUEST   0xf80c

/*
 * Both structs are read and written in the byte order of QEMU's host, not of the guest. As rows
 * of 64-bit words they can be turned over whole: lpid and token are two 32-bit halves, which is
 * the same in either order as long as they are equal.
 */
struct hv_state {
	uint64_t version, lpid_token, lpcr, pcr, amor, dpdes, hfscr, tb_offset;
	uint64_t dawr0, dawrx0, ciabr, hdec_expiry, purr, spurr, ic, vtb;
	uint64_t hdar, hdsisr, heir, asdr, srr0, srr1, sprg[4], pidr, cfar, ppr;
	uint64_t dawr1, dawrx1;
};

struct hv_regs {
	uint64_t gpr[32], nip, msr, orig_gpr3, ctr, link, xer, ccr, softe, trap, dar, dsisr, result;
};

#define HV_STATE_VERSION 1
#define HV_LPID_TOKEN(lpid) ((uint64_t)(lpid) << 32 | (lpid))

/* LPCR fields that L0 takes from hv_state: hw/ppc/spapr_nested.c h_enter_nested() */
#define LPCR_ILE	 (1UL << 25)	/* interrupts little-endian */
#define LPCR_AIL_3	 (3UL << 23)	/* interrupts with translation on, at 0xc000000000004000 */
#define LPCR_LD		 (1UL << 17)	/* large decrementer: needed with ibm,dec-bits = 56 */

/* HFSCR: FP, VEC/VSX, DSCR, PM, BHRB, EBB, TAR, MSGP, SCV, PREFIX; not TM */
#define HFSCR_GUEST	 0x359fUL

/* Exits, as r3 of H_ENTER_NESTED */
#define EXIT_HDEC	 0x980
#define EXIT_HCALL	 0xc00
#define EXIT_HDSI	 0xe00
#define EXIT_HISI	 0xe20
#define EXIT_HEAI	 0xe40
#define EXIT_HFAC	 0xf80
#define EXIT_EXTERNAL	 0xea0

/* HDSISR and, for fetches, HSRR1 */
#define DSISR_NO_PTE	 0x40000000UL
#define DSISR_STORE	 0x02000000UL
/* while walking the guest's own process or radix table */
#define DSISR_TABLE_WALK	 0x00020000UL
#define SRR1_CAUSE	 0x783f0000UL	/* bits of SRR1 that say why, and are not MSR */
#define SRR1_ILLEGAL	 0x00080000UL
#define SRR1_PRIVILEGED	 0x00040000UL

/* Partition table entry, ISA 3.0B Book III 5.7.6.1 */
#define PATE_HR		 (1UL << 63)
#define PATE_RTS_52	 ((2UL << 61) | (5UL << 5))	/* 2^52 bytes */
#define PRTB_MASK	 0x0ffffffffffff000UL

/* Radix tree entries, 5.7.10.1 and 5.7.10.2 */
#define RADIX_ROOT_BITS	 13
#define RADIX_LEVEL_BITS 9
#define PDE_VALID	 (1UL << 63)
#define PDE_BASE	 0x0fffffffffffff00UL
#define PDE_BITS	 0x1fUL
#define PTE_VALID	 (1UL << 63)
#define PTE_LEAF	 (1UL << 62)
#define PTE_BASE	 0x01fffffffffff000UL
#define PTE_REF_CHANGE	 0x180UL
#define PTE_IO		 0x20UL		/* non-idempotent */
#define PTE_R		 4UL
#define PTE_W		 2UL
#define PTE_X		 1UL
#define PTE_RWX		 7UL

#endif /* ABI_NESTED_H */
