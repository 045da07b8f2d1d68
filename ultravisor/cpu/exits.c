// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/cpu/exits.h"

#include "abi/hcalls.h"
#include "abi/power.h"
#include "lib/arch.h"
#include "lib/hcall.h"
#include "lib/names.h"
#include "lib/string.h"
#include "ultravisor/cpu/arch.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/irq.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/radix.h"

/*
 * A CPU stays in the guest for at most 5 ms, which bounds smp_shootdown(), or 200 us while an
 * interrupt waits for the guest's MSR[EE]. Below 100 us a loaded host makes no progress.
 */
#define TICKS_PER_SECOND 200
#define POLLS_PER_SECOND 5000

static void copy_swapped(uint64_t *to, const uint64_t *from, size_t size)
{
	if (!platform.swap) {
		memcpy(to, from, size);
		return;
	}
#pragma GCC unroll 8
	for (size_t i = 0; i < size / sizeof(*to); i++)
		to[i] = __builtin_bswap64(from[i]);
}

/*
 * QEMU since 8.2 raises nothing for an HDEC that is already expired when it is set, unless the
 * previous one had not expired (hw/ppc/ppc.c __cpu_ppc_store_decr: an edge). A CPU whose thread had
 * to wait on its way into L0 would then never leave the guest by itself. So one far ahead is set
 * first, by an entry into an empty partition: after each HDEC that has expired; for some
 * entries after one that came late, because then the host is busy; and before each short one,
 * because with the interrupt's line held off nothing else would bring the CPU out. Those that are
 * lost all the same are found by smp.c. An NMI that strikes there is the guest's.
 */
#define FAR_AHEAD  (1UL << 40)	/* ticks */
#define NOWHERE	   (1UL << 50)	/* guest real address; not a vector's */
#define LATE	   1000		/* a millisecond: ticks per second / LATE */
#define WARY_TIMES 64

static void arm_hdec(struct vcpu *vcpu, bool poll)
{
	static const struct hv_regs nowhere = { .nip = NOWHERE, .msr = MSR_SF | MSR_ME };
	uint64_t now = timebase(), nip;

	if (now <= vcpu->hv.hdec_expiry && !vcpu->wary && !poll)
		return;
	if (vcpu->wary)
		vcpu->wary--;
	vcpu->hv.hdec_expiry = now + FAR_AHEAD;
	vcpu->hv.lpid_token = HV_LPID_TOKEN(LPID_EMPTY);
	copy_swapped(vcpu->hv_raw, (uint64_t *)&vcpu->hv, sizeof(vcpu->hv));
	copy_swapped(vcpu->regs_raw, (const uint64_t *)&nowhere, sizeof(nowhere));
	HCALL(H_ENTER_NESTED, (uintptr_t)vcpu->hv_raw, (uintptr_t)vcpu->regs_raw);
	__asm__ volatile("" : : : "memory");
	vcpu->hv.lpid_token = HV_LPID_TOKEN(LPID_GUEST);
	copy_swapped(&nip, &vcpu->regs_raw[offsetof(struct hv_regs, nip) / sizeof(nip)],
		     sizeof(nip));
	if (nip != NOWHERE)
		vcpu->nmi = true;
}

static int64_t enter_guest(struct vcpu *vcpu, bool poll)
{
	int64_t why;

	vcpu->hv.lpcr = vcpu_lpcr;
	arm_hdec(vcpu, poll);
	vcpu->hv.hdec_expiry =
		timebase() + platform.timebase_hz / (poll ? POLLS_PER_SECOND : TICKS_PER_SECOND);
	copy_swapped(vcpu->hv_raw, (uint64_t *)&vcpu->hv, sizeof(vcpu->hv));
	copy_swapped(vcpu->regs_raw, (uint64_t *)&vcpu->regs, sizeof(vcpu->regs));
	why = HCALL(H_ENTER_NESTED, (uintptr_t)vcpu->hv_raw, (uintptr_t)vcpu->regs_raw);
	__asm__ volatile("" : : : "memory");
	copy_swapped((uint64_t *)&vcpu->hv, vcpu->hv_raw, sizeof(vcpu->hv));
	copy_swapped((uint64_t *)&vcpu->regs, vcpu->regs_raw, sizeof(vcpu->regs));
	if (timebase() > vcpu->hv.hdec_expiry + platform.timebase_hz / LATE)
		vcpu->wary = WARY_TIMES;
	return why;
}

/*
 * Nothing is mapped yet: the first entry comes straight back with a fetch fault. In the wrong
 * byte order it is refused, because the version does not read as 1.
 */
void vcpu_probe_order(struct vcpu *vcpu)
{
	int64_t why;

	platform.swap = true;
	why = enter_guest(vcpu, false);
	if (why == H_PARAMETER) {
		platform.swap = false;
		why = enter_guest(vcpu, false);
	}
	if (why < 0)
		uv_fail(E_UV_ENTER, "%s (%ld)", h_name(why), (long)why);
}

static void dispatch(struct vcpu *vcpu, uint64_t why, const struct exit_handlers *handlers)
{
	uint64_t cause = vcpu->regs.msr & SRR1_CAUSE;

	vcpu->regs.msr &= ~SRR1_CAUSE;	/* the rest is MSR */
	switch (why) {
	case EXIT_HCALL:
		vcpu->regs.msr = vcpu->hv.srr1 & ~SRR1_CAUSE;
		handlers->hcall(vcpu);
		break;
	case EXIT_HDSI:
		handlers->data_fault(vcpu);
		break;
	case EXIT_HISI:
		handlers->fetch_fault(vcpu, cause);
		break;
	case EXIT_HEAI:
		handlers->illegal_word(vcpu);
		break;
	case EXIT_EXTERNAL:
		irq_arrived(vcpu);
		break;
	case EXIT_HDEC:
		break;
	case EXIT_HFAC:
		vcpu_inject(vcpu, 0x700, SRR1_ILLEGAL);
		break;
	default:
		uv_fail(E_UV_EXIT, "0x%lx at nip=0x%lx msr=0x%lx", why, vcpu->regs.nip,
			vcpu->regs.msr);
	}
}

void vcpu_run(struct vcpu *vcpu, const struct exit_handlers *handlers)
{
	int64_t why;
	bool poll;

	for (;;) {
		if (vcpu->nmi) {
			vcpu->nmi = 0;
			vcpu_inject(vcpu, 0x100, 0);
		}
		poll = irq_deliver(vcpu);
		if (!smp_enter(vcpu)) {
			park();
			continue;
		}
		handlers->entering(vcpu);
		why = enter_guest(vcpu, poll);
		smp_leave(vcpu);
		if (why < 0)
			uv_fail(E_UV_ENTER, "%s (%ld)", h_name(why), (long)why);
		handlers->left(vcpu, (uint64_t)why);
		dispatch(vcpu, (uint64_t)why, handlers);
	}
}
