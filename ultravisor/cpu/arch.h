/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What C cannot say about L1. Implemented in arch.S on the target; host tests bring their own. */
#ifndef ULTRAVISOR_CPU_ARCH_H
#define ULTRAVISOR_CPU_ARCH_H

#include <stdint.h>

struct vcpu;

/* Wait in L1 until an interrupt for this CPU is pending; its handlers only come back. */
void cede(void);

/* The same, with the decrementer out of the way: for a CPU that is to stay out of the guest. */
void park(void);

/* SPRG3: the struct vcpu of the CPU that runs this. NULL before it is set. */
void vcpu_pointer_set(struct vcpu *vcpu);
struct vcpu *vcpu_pointer(void);

/* L0 does not switch DAR and DSISR: they are the guest's while we do not fault. */
void dar_set(uint64_t value);
void dsisr_set(uint64_t value);

#endif /* ULTRAVISOR_CPU_ARCH_H */
