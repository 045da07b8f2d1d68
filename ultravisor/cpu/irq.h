/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * External interrupts. QEMU's own interrupt controller serves the guest, unemulated. While its
 * line for a CPU is high, L0 leaves the guest at once, whatever MSR[EE] says (0xEA0), and LPCR[MER]
 * is not implemented. So the line is held off: the controller is told priority 0 until the
 * guest's next XICS call or H_CEDE, which is when the guest's own priority comes back; the
 * controller presents the interrupt again and nothing is lost.
 */
#ifndef ULTRAVISOR_CPU_IRQ_H
#define ULTRAVISOR_CPU_IRQ_H

#include <stdbool.h>

struct vcpu;

/* Exit 0xEA0: hold the line off and note that the guest wants 0x500. */
void irq_arrived(struct vcpu *vcpu);

/* Before each entry: give the guest 0x500 if it may have it. True if it still waits for EE. */
bool irq_deliver(struct vcpu *vcpu);

/* Before anything of the guest reaches the controller: its own priority again. */
void irq_unmask(struct vcpu *vcpu);

#endif /* ULTRAVISOR_CPU_IRQ_H */
