/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several CPUs: one lock for the guest's memory and its partition-scoped table; waiting until the
 * other CPUs cannot miss a change; and getting all of them out of the guest, for one instruction or
 * for good.
 */
#ifndef ULTRAVISOR_CPU_SMP_H
#define ULTRAVISOR_CPU_SMP_H

#include <stdbool.h>

struct vcpu;

/* The ultravisor's lock. Never held in the guest, nor across a call that does not return. */
void smp_lock(void);
void smp_unlock(void);

/* For the console: lib/console.h console_set_guard(). */
void smp_console_guard(bool take);

/* The CPU that this runs on. NULL before vcpu_pointer_set(). */
struct vcpu *this_cpu(void);

/* Note that a CPU enters and has left the guest. smp_enter() is false if it is to stay out. */
bool smp_enter(struct vcpu *vcpu);
void smp_leave(struct vcpu *vcpu);

/*
 * Return once every other CPU has been out of the guest, and so has no translation from before this
 * call: L0 drops them all on every exit. Takes one tick at most (exits.c). Wants the lock.
 */
void smp_shootdown(void);

/* Get every other CPU out of the guest, for good. */
void smp_gather(void);

/*
 * Keep every other CPU out of the guest until smp_exclusive_end(). False if another CPU is doing
 * that. Both want the lock.
 */
bool smp_exclusive_begin(void);
void smp_exclusive_end(void);

#endif /* ULTRAVISOR_CPU_SMP_H */
