// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/smp.h"

#include "ultravisor/low.h"
#include "ultravisor/vcpu.h"

static bool lock, console;
static struct vcpu *volatile gatherer, *volatile loner;

struct vcpu *this_cpu(void)
{
	return vcpu_pointer();
}

static void take(bool *which)
{
	while (__atomic_exchange_n(which, true, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(which, __ATOMIC_RELAXED))
			;
}

static void drop(bool *which)
{
	__atomic_store_n(which, false, __ATOMIC_RELEASE);
}

void smp_lock(void)
{
	take(&lock);
}

void smp_unlock(void)
{
	drop(&lock);
}

void smp_console_guard(bool on)
{
	if (on)
		take(&console);
	else
		drop(&console);
}

/* One side writes in_guest and reads gatherer, the other the reverse: both need a full barrier. */
bool smp_enter(struct vcpu *vcpu)
{
	while (!gatherer || gatherer == vcpu) {
		vcpu->in_guest = true;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if ((!gatherer || gatherer == vcpu) && (!loner || loner == vcpu))
			return true;
		vcpu->in_guest = false;
	}
	return false;
}

void smp_leave(struct vcpu *vcpu)
{
	vcpu->exits++;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	vcpu->in_guest = false;
}

static void wait_for(const struct vcpu *vcpu)
{
	uint64_t exits = vcpu->exits;

	while (vcpu->in_guest && vcpu->exits == exits)
		;
}

void smp_shootdown(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (uint32_t i = 0; i < machine.cpus; i++)
		if (&vcpus[i] != this_cpu())
			wait_for(&vcpus[i]);
}

static void wait_for_all(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (uint32_t i = 0; i < machine.cpus; i++)
		while (&vcpus[i] != this_cpu() && vcpus[i].in_guest)
			;
}

void smp_gather(void)
{
	gatherer = this_cpu();
	wait_for_all();
}

bool smp_alone(void)
{
	if (loner && loner != this_cpu())
		return false;
	loner = this_cpu();
	wait_for_all();
	return true;
}

void smp_together(void)
{
	if (loner == this_cpu())
		loner = NULL;
}
