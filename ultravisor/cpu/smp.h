/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several CPUs: one lock around the guest's memory and its tree; waiting until the others have
 * seen a change; and getting all of them out of the guest for the end.
 */
#ifndef ULTRAVISOR_CPU_SMP_H
#define ULTRAVISOR_CPU_SMP_H

#include <stdbool.h>

struct vcpu;

/* The ultravisor's lock. Never held while in the guest, nor over a call that does not return. */
void smp_lock(void);
void smp_unlock(void);

/* For the console: lib/console.h console_set_guard(). */
void smp_console_guard(bool take);

/* The CPU that runs this. NULL before vcpu_pointer_set(). */
struct vcpu *this_cpu(void);

/* Enter and leave the guest. smp_enter() is false when everybody is to stay out. */
bool smp_enter(struct vcpu *vcpu);
void smp_leave(struct vcpu *vcpu);

/*
 * Come back when every other CPU has been out of the guest once, so that it holds no translation
 * older than this call: L0 drops them all on every exit. At most one tick (exits.c). Wants lock.
 */
void smp_shootdown(void);

/* Get every other CPU out of the guest and keep it out, for the end. */
void smp_gather(void);

/* Nobody else is in the guest, or enters it, until smp_together(). False: another CPU is alone. Want lock. */
bool smp_alone(void);
void smp_together(void);

#endif /* ULTRAVISOR_CPU_SMP_H */
