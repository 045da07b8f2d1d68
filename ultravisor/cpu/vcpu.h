/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One CPU of the guest. Each runs on an L1 CPU of its own, the L0 CPU of the same number. */
#ifndef ULTRAVISOR_CPU_VCPU_H
#define ULTRAVISOR_CPU_VCPU_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/nested.h"
#include "ultravisor/memory/machine.h"

struct vcpu {
	uint64_t nmi;			/* first: head.S stores here when 0x100 strikes in L1 */

	struct hv_state hv;		/* of the guest, in our byte order */
	struct hv_regs regs;

	uint32_t index, server;
	bool started;			/* belongs to the guest: between start-cpu and stop-self */
	volatile bool in_guest;		/* L0 may be running the guest on this CPU */
	volatile uint64_t exits;	/* counts; smp_shootdown() waits for it to change */

	bool masked;			/* the line is held off by CPPR 0; see irq.c */
	bool wanted;			/* the guest has yet to be given its 0x500 */
	uint8_t cppr;			/* what the guest had set */
	unsigned int wary;		/* entries with HDEC set twice; see exits.c */
	uint64_t forgotten;		/* exec.c: words put back when the guest was entered last */
	uint64_t glance;		/* what was read last of another page's text: fault.c */
	uint64_t mixed;			/* page + 1 that has all rights until the next exit: exec.c */

	/* for QEMU, in its host's byte order, each within one page */
	uint64_t hv_raw[64] __attribute__((aligned(1024)));
	uint64_t regs_raw[64] __attribute__((aligned(1024)));
};

extern struct vcpu vcpus[CPUS_MAX];

/* General purpose registers 0..31 of the guest. */
#define GPR(vcpu, n) ((vcpu)->regs.gpr[n])

/* Reset a CPU of the guest: real mode, big-endian, entered at @nip with r3. */
void vcpu_reset(struct vcpu *vcpu, uint64_t nip, uint64_t msr, uint64_t r3);

/*
 * LPCR of the guest, in all CPUs the same: H_SET_MODE decides on LPCR_ILE and LPCR_AIL_3 for all. It counts
 * from a CPU's next entry.
 */
extern uint64_t vcpu_lpcr;

/* Give the guest an interrupt; @cause is or-ed into SRR1. */
void inject(struct vcpu *vcpu, uint64_t vector, uint64_t cause);

/* An access to what is not there: 0x300 with DAR and DSISR, or 0x400. */
void inject_data_fault(struct vcpu *vcpu, uint64_t ea, bool store);
void inject_fetch_fault(struct vcpu *vcpu);

/* Is the guest in little-endian mode, in user mode? */
bool vcpu_little(const struct vcpu *vcpu);
bool vcpu_user(const struct vcpu *vcpu);

#endif /* ULTRAVISOR_CPU_VCPU_H */
