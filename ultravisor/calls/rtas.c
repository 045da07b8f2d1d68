// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/rtas.h"

#include "abi/hcalls.h"
#include "abi/power.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "lib/rtas.h"
#include "lib/stop.h"
#include "lib/string.h"
#include "ultravisor/cpu/arch.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/irq.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/stats.h"
#include "ultravisor/trial/verdict.h"

struct call {
	const struct service *service;
	struct vcpu *vcpu;
	uint32_t nargs, nrets;
	uint32_t arg[RTAS_ARGS_MAX], ret[RTAS_ARGS_MAX];	/* ret[0]: status */
};

/*
 *	PLAIN	goes to QEMU: none of its arguments is an address
 *	IN, OUT	has a buffer: its address is argument buf, its size argument len, or `fixed`. It
 *		bounces through a page of low memory, and is cut to that
 *	SERVE	served under the lock		ALONE	served without it
 * What the table does not list is refused with status -3.
 */
enum kind { PLAIN, IN, OUT, INOUT, SERVE, ALONE };
typedef void serve_fn(struct call *call);

static serve_fn nvram_fetch, nvram_store, set_indicator, start_cpu, stop_self, end_guest, os_term;

static const struct service {
	const char *name;
	enum kind kind;
	uint8_t nargs, buf, len;	/* arguments it takes; those of the buffer */
	uint16_t fixed;
	serve_fn *serve;
} services[] = {
#define P(name, nargs)			       { name, PLAIN, nargs, 0, 0, 0, NULL }
#define B(name, kind, nargs, buf, len, fixed) { name, kind, nargs, buf, len, fixed, NULL }
#define S(name, kind, nargs, serve)	       { name, kind, nargs, 0, 0, 0, serve }
	P("display-character", 1),
	P("get-time-of-day", 0),
	P("set-time-of-day", 7),
	P("get-power-level", 1),
	P("set-power-level", 2),
	P("get-sensor-state", 2),
	S("set-indicator", SERVE, 3, set_indicator),
	S("nvram-fetch", SERVE, 3, nvram_fetch),
	S("nvram-store", SERVE, 3, nvram_store),
	B("event-scan", OUT, 4, 2, 3, 0),
	B("check-exception", OUT, 6, 4, 5, 0),
	B("ibm,get-system-parameter", OUT, 3, 1, 2, 0),
	B("ibm,set-system-parameter", IN, 2, 1, 0, 1026),
	B("ibm,configure-connector", INOUT, 2, 0, 0, 4096),
	P("ibm,slot-error-detail", 8),	/* QEMU looks at neither buffer */

	P("read-pci-config", 2),
	P("write-pci-config", 3),
	P("ibm,read-pci-config", 4),
	P("ibm,write-pci-config", 5),
	P("ibm,change-msi", 5),
	P("ibm,query-interrupt-source-number", 4),
	P("ibm,get-config-addr-info2", 4),
	P("ibm,set-eeh-option", 4),
	P("ibm,read-slot-reset-state2", 3),
	P("ibm,set-slot-reset", 4),
	P("ibm,configure-pe", 3),
	P("ibm,query-pe-dma-window", 3),
	P("ibm,create-pe-dma-window", 5),
	P("ibm,remove-pe-dma-window", 1),
	P("ibm,reset-pe-dma-window", 3),
	P("ibm,get-xive", 1),	/* XICS: the name is older than XIVE */
	P("ibm,set-xive", 3),
	P("ibm,int-on", 1),
	P("ibm,int-off", 1),

	P("query-cpu-stopped-state", 1),
	S("start-cpu", SERVE, 3, start_cpu),
	S("stop-self", ALONE, 0, stop_self),
	S("power-off", ALONE, 2, end_guest),
	S("system-reboot", ALONE, 0, end_guest),
	S("ibm,os-term", ALONE, 1, os_term),
};
#define SERVICES (sizeof(services) / sizeof(services[0]))

static uint32_t tokens[SERVICES];

void rtas_read_tokens(const void *tree)
{
	int node = fdt_path_offset(tree, "/rtas");

	for (size_t i = 0; i < SERVICES; i++)
		if (node < 0 || dt_u32(tree, node, services[i].name, &tokens[i]))
			tokens[i] = 0;
}

uint32_t rtas_token(const char *name)
{
	for (size_t i = 0; i < SERVICES; i++)
		if (strcmp(services[i].name, name) == 0)
			return tokens[i];
	return 0;
}

static uint32_t token_of(const struct call *call)
{
	return tokens[call->service - services];
}

static uint64_t bounce_of(const struct call *call)
{
	return LOW_BOUNCE + (uint64_t)call->vcpu->index * BOUNCE_SIZE;
}

static void forward(struct call *call)
{
	call->ret[0] = (uint32_t)rtas_call(token_of(call), call->arg, call->nargs, call->ret + 1,
					   call->nrets);
}

/* QEMU gets the bounce page and the cut size; the arguments in the guest's block stay. */
static void forward_buffer(struct call *call)
{
	const struct service *service = call->service;
	uint64_t bounce = bounce_of(call), gpa = call->arg[service->buf];
	uint32_t size = service->fixed ? service->fixed : call->arg[service->len];

	if (size > BOUNCE_SIZE)
		size = BOUNCE_SIZE;
	memset(real(bounce), 0, BOUNCE_SIZE);
	if (!memory_contains(gpa, size))
		return;		/* the status is still -3 */
	if (service->kind != OUT)
		guest_read(real(bounce), gpa, size);
	call->arg[service->buf] = (uint32_t)bounce;
	if (!service->fixed)
		call->arg[service->len] = size;
	forward(call);
	if (service->kind != IN)
		guest_write(gpa, real(bounce), size);
}

/*
 * nvram-fetch, nvram-store: index, address, bytes -> status, bytes done. One bounce page at a time.
 */
static void transfer_nvram(struct call *call, bool fetch)
{
	uint64_t bounce = bounce_of(call), gpa = call->arg[1];
	uint32_t left = call->arg[2], done = 0;

	if (call->nrets < 2 || !memory_contains(gpa, left))
		return;
	call->ret[0] = RTAS_SUCCESS;
	while (left && call->ret[0] == RTAS_SUCCESS) {
		uint32_t part = left < BOUNCE_SIZE ? left : BOUNCE_SIZE, got;
		const uint32_t arg[3] = { call->arg[0] + done, (uint32_t)bounce, part };

		if (!fetch)
			guest_read(real(bounce), gpa + done, part);
		call->ret[0] = (uint32_t)rtas_call(token_of(call), arg, 3, &got, 2);
		if (call->ret[0] == RTAS_SUCCESS && fetch)
			guest_write(gpa + done, real(bounce), part);
		left -= part;
		done += part;
	}
	call->ret[1] = call->ret[0] == RTAS_SUCCESS ? done : 0;
}

static void nvram_fetch(struct call *call)
{
	transfer_nvram(call, true);
}

static void nvram_store(struct call *call)
{
	transfer_nvram(call, false);
}

uint32_t rtas_nvram_read(uint32_t offset, void *to, uint32_t size)
{
	const uint32_t arg[3] = { offset, LOW_BOUNCE, size < BOUNCE_SIZE ? size : BOUNCE_SIZE };
	uint32_t token = rtas_token("nvram-fetch"), got = 0;

	if (!token || rtas_call(token, arg, 3, &got, 2) != RTAS_SUCCESS || got > arg[2])
		return 0;
	memcpy(to, real(LOW_BOUNCE), got);
	return got;
}

/* Isolation, DR and allocation states (LoPAR 7.3.5.4) would unplug devices that L1 has, too. */
static void set_indicator(struct call *call)
{
	if (call->arg[0] < 9001 || call->arg[0] > 9003)
		forward(call);
}

static struct vcpu *find_vcpu(uint32_t server)
{
	for (uint32_t i = 0; i < machine.cpus; i++)
		if (vcpus[i].server == server)
			return &vcpus[i];
	return NULL;
}

/* server, address, r3. The L1 CPU starts in low memory, with the index of the guest's CPU. */
static void start_cpu(struct call *call)
{
	struct vcpu *vcpu = find_vcpu(call->arg[0]);
	const uint32_t arg[3] = { call->arg[0], LOW_CPU_ENTRY, vcpu ? vcpu->index : 0 };

	if (!vcpu)
		return;
	call->ret[0] = (uint32_t)RTAS_HARDWARE_ERROR;
	if (vcpu->started)
		return;
	vcpu_reset(vcpu, call->arg[1], MSR_SF | MSR_ME, call->arg[2]);
	vcpu->started = true;
	call->ret[0] = (uint32_t)rtas_call(token_of(call), arg, 3, NULL, 1);
	vcpu->started = call->ret[0] == RTAS_SUCCESS;
}

/* Does not return: start-cpu begins at LOW_CPU_ENTRY again. */
static void stop_self(struct call *call)
{
	irq_unmask(call->vcpu);
	call->vcpu->started = false;
	forward(call);
	call->vcpu->started = true;
}

/* QEMU stops this CPU some time later. */
static void leave_machine(struct call *call)
{
	forward(call);
	for (;;)
		cede();
}

static void end_guest(struct call *call)
{
	smp_gather();
	verdict_print();
	leave_machine(call);
}

#define OS_TERM_TEXT 512	/* what QEMU hw/ppc/spapr_rtas.c rtas_ibm_os_term() reads */

static void set_os_term_text(struct call *call, const char *text)
{
	uint64_t bounce = bounce_of(call);

	memset(real(bounce), 0, OS_TERM_TEXT);
	memcpy(real(bounce), text, strnlen(text, OS_TERM_TEXT - 1));
	call->arg[0] = (uint32_t)bounce;
}

static void os_term(struct call *call)
{
	char text[OS_TERM_TEXT] = { 0 };
	uint64_t left;

	smp_lock();
	if (memory_contains(call->arg[0], 1)) {
		left = machine.guest - call->arg[0];
		guest_read(text, call->arg[0], left < sizeof(text) - 1 ? left : sizeof(text) - 1);
	}
	smp_unlock();
	set_os_term_text(call, text);
	end_guest(call);
}

void rtas_terminate(const char *text, const char *why)
{
	struct call call = { .vcpu = this_cpu(), .nargs = 1, .nrets = 1 };

	for (size_t i = 0; i < SERVICES; i++)
		if (services[i].serve == os_term)
			call.service = &services[i];
	smp_gather();
	verdict_print();
	uv_report(E_UV_TERMINATED, why);
	set_os_term_text(&call, text);
	leave_machine(&call);
	stop();
}

static void serve_call(struct call *call)
{
	if (call->service->kind == ALONE) {
		call->service->serve(call);
		return;
	}
	smp_lock();
	if (call->service->kind == SERVE)
		call->service->serve(call);
	else if (call->service->kind == PLAIN)
		forward(call);
	else
		forward_buffer(call);
	smp_unlock();
}

static const struct service *find_service(uint32_t token)
{
	for (size_t i = 0; i < SERVICES; i++)
		if (tokens[i] && tokens[i] == token)
			return &services[i];
	return NULL;
}

static void trace_refused(const struct vcpu *vcpu, uint32_t token)
{
	stats_add(&stats.refused);
	if (log_enabled(LOG_INFO))
		log_info("hcall=KVMPPC_H_RTAS cpu=%u nip=0x%lx token=0x%x rc=%d", vcpu->index,
			   vcpu->regs.nip, token, RTAS_PARAMETER);
}

/* The block: token, nargs, nrets, arguments, results; big-endian cells, LoPAR 7.2.1 */
int64_t serve_rtas(struct vcpu *vcpu, uint64_t *r)
{
	struct call call = { .vcpu = vcpu };
	be32 cell[3 + RTAS_ARGS_MAX];
	uint64_t block = r[0];
	bool ok;

	smp_lock();
	ok = guest_read(cell, block, 12);
	if (ok) {
		call.nargs = be32_get(cell[1]);
		call.nrets = be32_get(cell[2]);
		ok = call.nargs <= RTAS_ARGS_MAX && call.nrets >= 1 &&
		     call.nrets <= RTAS_ARGS_MAX - call.nargs &&
		     guest_read(cell + 3, block + 12, 4UL * call.nargs) &&
		     memory_contains(block, 12 + 4UL * (call.nargs + call.nrets));
	}
	smp_unlock();
	if (!ok)
		return H_PARAMETER;
	for (uint32_t i = 0; i < call.nargs; i++)
		call.arg[i] = be32_get(cell[3 + i]);
	call.ret[0] = (uint32_t)RTAS_PARAMETER;
	call.service = find_service(be32_get(cell[0]));
	if (call.service && call.nargs >= call.service->nargs)
		serve_call(&call);
	else
		trace_refused(vcpu, be32_get(cell[0]));
	for (uint32_t i = 0; i < call.nrets; i++)
		cell[i] = be32_make(call.ret[i]);
	smp_lock();
	guest_write(block + 12 + 4UL * call.nargs, cell, 4UL * call.nrets);
	smp_unlock();
	return call.service ? H_SUCCESS : H_PARAMETER;
}
