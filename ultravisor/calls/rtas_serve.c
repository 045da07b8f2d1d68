// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/rtas_serve.h"

#include "abi/power.h"
#include "lib/string.h"
#include "ultravisor/calls/hardware.h"
#include "ultravisor/cpu/arch.h"
#include "ultravisor/cpu/irq.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/verdict.h"

/*
 * nvram-fetch, nvram-store: index, address, bytes -> status, bytes done. One bounce page at a time.
 */
static void transfer_nvram(struct rtas_request *call, bool fetch)
{
	uint64_t gpa = call->arg[1];
	uint32_t left = call->arg[2], done = 0;

	if (call->nrets < 2 || !memory_contains(gpa, left))
		return;
	call->ret[0] = RTAS_SUCCESS;
	while (left && call->ret[0] == RTAS_SUCCESS) {
		uint32_t part = left < BOUNCE_SIZE ? left : BOUNCE_SIZE, got;
		const uint32_t arg[3] = { call->arg[0] + done, LOW_BOUNCE, part };

		if (!fetch)
			guest_read(real(LOW_BOUNCE), gpa + done, part);
		call->ret[0] = (uint32_t)rtas_call(call->token, arg, 3, &got, 2);
		if (call->ret[0] == RTAS_SUCCESS && fetch)
			guest_write(gpa + done, real(LOW_BOUNCE), part);
		left -= part;
		done += part;
	}
	call->ret[1] = call->ret[0] == RTAS_SUCCESS ? done : 0;
}

void serve_nvram_fetch(struct rtas_request *call)
{
	transfer_nvram(call, true);
}

void serve_nvram_store(struct rtas_request *call)
{
	transfer_nvram(call, false);
}

/* Isolation, DR and allocation states (LoPAR 7.3.5.4) would unplug devices that L1 has, too. */
void serve_set_indicator(struct rtas_request *call)
{
	if (call->arg[0] < 9001 || call->arg[0] > 9003)
		rtas_forward(call);
}

static struct vcpu *find_vcpu(uint32_t server)
{
	for (uint32_t i = 0; i < platform.cpus; i++)
		if (vcpus[i].server == server)
			return &vcpus[i];
	return NULL;
}

/* svm-rtas.c:150 finds out when the new CPU comes, and asserts. */
static bool may_start(const struct vcpu *vcpu)
{
	if (!platform.secure || vcpu->server < platform.cpus_secure)
		return true;
	hardware_down("start-cpu of %u, of %u CPUs", vcpu->server, platform.cpus_secure);
	return false;
}

/* server, address, r3. The L1 CPU starts in low memory, with the index of the guest's CPU. */
void serve_start_cpu(struct rtas_request *call)
{
	struct vcpu *vcpu = find_vcpu(call->arg[0]);
	const uint32_t arg[3] = { call->arg[0], LOW_CPU_ENTRY, vcpu ? vcpu->index : 0 };

	if (!vcpu || !may_start(vcpu))
		return;
	call->ret[0] = (uint32_t)RTAS_HARDWARE_ERROR;
	if (vcpu->started)
		return;
	vcpu_reset(vcpu, call->arg[1], MSR_SF | MSR_ME, call->arg[2]);
	vcpu->started = true;
	call->ret[0] = (uint32_t)rtas_call(call->token, arg, 3, NULL, 1);
	vcpu->started = call->ret[0] == RTAS_SUCCESS;
}

/* Does not return: start-cpu begins at LOW_CPU_ENTRY again. */
void serve_stop_self(struct rtas_request *call)
{
	irq_unmask(call->vcpu);
	call->vcpu->started = false;
	rtas_forward(call);
	call->vcpu->started = true;
}

/* QEMU stops this CPU some time later. */
static _Noreturn void leave_machine(struct rtas_request *call)
{
	rtas_forward(call);
	for (;;)
		cede();
}

void serve_end_guest(struct rtas_request *call)
{
	smp_gather();
	verdict_print();
	leave_machine(call);
}

#define OS_TERM_TEXT 512	/* what QEMU hw/ppc/spapr_rtas.c rtas_ibm_os_term() reads */

/* A page of its own: other CPUs may be at work when the guest ends. */
static void set_os_term_text(struct rtas_request *call, const char *text)
{
	memset(real(LOW_TERM_TEXT), 0, OS_TERM_TEXT);
	memcpy(real(LOW_TERM_TEXT), text, strnlen(text, OS_TERM_TEXT - 1));
	call->arg[0] = LOW_TERM_TEXT;
}

void serve_os_term(struct rtas_request *call)
{
	char text[OS_TERM_TEXT] = { 0 };
	uint64_t left;

	smp_lock();
	if (memory_contains(call->arg[0], 1)) {
		left = platform.guest - call->arg[0];
		guest_read(text, call->arg[0], left < sizeof(text) - 1 ? left : sizeof(text) - 1);
	}
	smp_unlock();
	set_os_term_text(call, text);
	serve_end_guest(call);
}

void forward_os_term(struct rtas_request *call, const char *text)
{
	set_os_term_text(call, text);
	leave_machine(call);
}
