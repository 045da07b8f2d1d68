/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of a CPU: into the guest, out of it, and to whoever handles the reason. */
#ifndef ULTRAVISOR_CPU_EXITS_H
#define ULTRAVISOR_CPU_EXITS_H

#include <stdint.h>

struct vcpu;

/* Who handles which exit: the rooms above this one. main.c lists them. */
struct exit_handlers {
	void (*entering)(struct vcpu *vcpu);			/* it enters the guest */
	void (*left)(struct vcpu *vcpu, uint64_t why);		/* it has left, for any reason */
	void (*hcall)(struct vcpu *vcpu);			/* sc 1 */
	void (*data_fault)(struct vcpu *vcpu);			/* of the partition-scoped table */
	void (*fetch_fault)(struct vcpu *vcpu, uint64_t cause);	/* @cause: SRR1_CAUSE */
	void (*illegal_word)(struct vcpu *vcpu);
};

/* Find the byte order of QEMU's host, by an entry that cannot get anywhere. Sets platform.swap. */
void vcpu_probe_order(struct vcpu *vcpu);

/* Run for ever. */
_Noreturn void vcpu_run(struct vcpu *vcpu, const struct exit_handlers *handlers);

#endif /* ULTRAVISOR_CPU_EXITS_H */
