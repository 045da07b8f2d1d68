/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * External interrupts. The guest uses QEMU's own interrupt controller, which is not emulated. While
 * its line to a CPU is high, L0 leaves the guest at once, whatever MSR[EE] is (exit 0xEA0), and
 * LPCR[MER] is not implemented. So the line is held off: the CPU's priority is set to 0 until the
 * guest's next XICS call or H_CEDE, which first restores the guest's own. The controller then
 * presents the interrupt again, and nothing is lost.
 */
#ifndef ULTRAVISOR_CPU_IRQ_H
#define ULTRAVISOR_CPU_IRQ_H

#include <stdbool.h>

struct vcpu;

/* Exit 0xEA0: hold the line off, and note that the guest is to get 0x500. */
void irq_arrived(struct vcpu *vcpu);

/* Before each entry: inject 0x500 if one is due and MSR[EE] is set. True if one still waits. */
bool irq_deliver(struct vcpu *vcpu);

/* Restore the guest's own priority, before any call of the guest reaches the controller. */
void irq_unmask(struct vcpu *vcpu);

#endif /* ULTRAVISOR_CPU_IRQ_H */
