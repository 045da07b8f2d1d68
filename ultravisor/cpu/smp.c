// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/cpu/smp.h"

#include "abi/hcalls.h"
#include "lib/arch.h"
#include "lib/hcall.h"
#include "lib/log.h"
#include "ultravisor/cpu/arch.h"
#include "ultravisor/cpu/vcpu.h"

static bool lock, console;
static struct vcpu *volatile gatherer, *volatile exclusive;

struct vcpu *this_cpu(void)
{
	return vcpu_pointer();
}

static void acquire(bool *which)
{
	while (__atomic_exchange_n(which, true, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(which, __ATOMIC_RELAXED))
			;
}

static void release(bool *which)
{
	__atomic_store_n(which, false, __ATOMIC_RELEASE);
}

void smp_lock(void)
{
	acquire(&lock);
}

void smp_unlock(void)
{
	release(&lock);
}

void smp_console_guard(bool on)
{
	if (on)
		acquire(&console);
	else
		release(&console);
}

/*
 * One side writes in_guest and reads gatherer or platform.secure, the other the reverse: both need
 * a full barrier.
 */
bool smp_enter(struct vcpu *vcpu)
{
	while (!gatherer || gatherer == vcpu) {
		vcpu->in_guest = true;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (vcpu_may_run(vcpu) && (!gatherer || gatherer == vcpu) &&
		    (!exclusive || exclusive == vcpu))
			return true;
		vcpu->in_guest = false;
		if (!vcpu_may_run(vcpu))
			return false;
	}
	return false;
}

void smp_leave(struct vcpu *vcpu)
{
	vcpu->exits++;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	vcpu->in_guest = false;
}

/*
 * A CPU that is still in the guest after 20 ticks has lost its HDEC (exits.c), or the host has no
 * time for it. It is brought out by an IPI of a priority more favoured than any that Linux uses.
 * The controller is the guest's: it keeps one IPI for each CPU, as a priority, and it may be one of
 * the guest's own that was pending. Once the CPU is out, that is put back.
 */
#define KICKS_PER_SECOND 10
#define KICK_PRIORITY	 1
#define NO_IPI		 0xff

static uint64_t pending_ipi(const struct vcpu *vcpu)
{
	const uint64_t in[HCALL_REGS] = { vcpu->server };
	uint64_t out[HCALL_REGS];

	return hcall(H_IPOLL, in, out) == H_SUCCESS ? out[1] & NO_IPI : NO_IPI;
}

/* Until the CPU has left the guest, once or for as long as it takes. */
static void wait_for_cpu(const struct vcpu *vcpu, bool once)
{
	uint64_t exits = vcpu->exits, since = timebase(), pending = NO_IPI;
	bool kicked = false;

	while (vcpu->in_guest && !(once && vcpu->exits != exits)) {
		if (timebase() - since < platform.timebase_hz / KICKS_PER_SECOND)
			continue;
		log_info("cpu=%u stays in the guest: IPI", vcpu->index);
		if (!kicked)
			pending = pending_ipi(vcpu);
		HCALL(H_IPI, vcpu->server, KICK_PRIORITY);
		kicked = true;
		since = timebase();
	}
	if (kicked)
		HCALL(H_IPI, vcpu->server, pending);
}

static void wait_for_others(bool once)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (uint32_t i = 0; i < platform.cpus; i++)
		if (&vcpus[i] != this_cpu())
			wait_for_cpu(&vcpus[i], once);
}

void smp_shootdown(void)
{
	wait_for_others(true);
}

void smp_gather(void)
{
	gatherer = this_cpu();
	wait_for_others(false);
}

bool smp_exclusive_begin(void)
{
	if (exclusive && exclusive != this_cpu())
		return false;
	exclusive = this_cpu();
	wait_for_others(false);
	return true;
}

void smp_exclusive_end(void)
{
	if (exclusive == this_cpu())
		exclusive = NULL;
}
