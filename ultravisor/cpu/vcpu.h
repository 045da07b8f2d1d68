/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One CPU of the guest. Each runs on an L1 CPU of its own, the L0 CPU of the same number. */
#ifndef ULTRAVISOR_CPU_VCPU_H
#define ULTRAVISOR_CPU_VCPU_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/nested.h"
#include "ultravisor/memory/platform.h"

struct vcpu {
	uint64_t nmi;			/* first: head.S stores here when 0x100 strikes in L1 */

	struct hv_state hv;		/* of the guest, in our byte order */
	struct hv_regs regs;

	uint32_t index, server;
	bool started;			/* by the guest: between its start-cpu and stop-self */
	bool secure;			/* MSR[S]: it called UV_ESM, or was started since then */
	volatile bool in_guest;		/* L0 may be running the guest on this CPU */
	volatile uint64_t exits;	/* counts; smp_shootdown() waits for it to change */

	bool masked;			/* the line is held off by CPPR 0: irq.c */
	bool wanted;			/* the guest is still to get its 0x500 */
	uint8_t cppr;			/* the guest's own */
	unsigned int wary;		/* entries left with HDEC set twice: exits.c */
	uint64_t restored;		/* words restored by the last entry: exec.c */
	uint64_t peeked;		/* the word of another page's text read last: fault.c */
	uint64_t exposed;		/* page + 1 with all rights until the next exit: exec.c */

	/* for QEMU, in its host's byte order, each within one page */
	uint64_t hv_raw[64] __attribute__((aligned(1024)));
	uint64_t regs_raw[64] __attribute__((aligned(1024)));
};

extern struct vcpu vcpus[CPUS_MAX];

/* General purpose registers 0..31 of the guest. */
#define GPR(vcpu, n) ((vcpu)->regs.gpr[n])

/*
 * May it run? Once the guest is secure, a CPU that was running before and has no MSR[S] reaches
 * none of its memory: on hardware it would be the hypervisor's to decide what becomes of it.
 */
bool vcpu_may_run(const struct vcpu *vcpu);

/* Reset a CPU of the guest: real mode, big-endian, entered at @nip with r3. */
void vcpu_reset(struct vcpu *vcpu, uint64_t nip, uint64_t msr, uint64_t r3);

/*
 * LPCR of the guest, the same on all CPUs, since H_SET_MODE sets LPCR_ILE and LPCR_AIL_3 for all.
 * It takes effect on a CPU's next entry.
 */
extern uint64_t vcpu_lpcr;

/* Make the guest take an interrupt; @cause is or-ed into SRR1. */
void vcpu_inject(struct vcpu *vcpu, uint64_t vector, uint64_t cause);

/*
 * Enter a vector as a hypervisor may at any exit: whatever MSR[EE] and LPCR[AIL] are
 * (open-power/ultravisor core/exceptions.c:1032).
 */
void vcpu_enter_vector(struct vcpu *vcpu, uint64_t vector);

/* vcpu_inject() for an access to nothing: 0x300 with DAR and DSISR, or 0x400. */
void vcpu_inject_data_fault(struct vcpu *vcpu, uint64_t ea, bool store);
void vcpu_inject_fetch_fault(struct vcpu *vcpu);

/* Is the guest in little-endian mode, in user mode? */
bool vcpu_little(const struct vcpu *vcpu);
bool vcpu_user(const struct vcpu *vcpu);

#endif /* ULTRAVISOR_CPU_VCPU_H */
