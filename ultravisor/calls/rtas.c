// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/rtas.h"

#include "abi/hcalls.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "lib/rtas.h"
#include "lib/string.h"
#include "ultravisor/calls/rtas_forward.h"
#include "ultravisor/calls/rtas_serve.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/stats.h"
#include "ultravisor/trial/verdict.h"

static const struct rtas_service services[] = {
#define P(name, nargs)			       { name, PLAIN, nargs, 0, 0, 0, NULL }
#define B(name, kind, nargs, buf, len, fixed) { name, kind, nargs, buf, len, fixed, NULL }
#define S(name, kind, nargs, serve)	       { name, kind, nargs, 0, 0, 0, serve }
	P("display-character", 1),
	P("get-time-of-day", 0),
	P("set-time-of-day", 7),
	P("get-power-level", 1),
	P("set-power-level", 2),
	P("get-sensor-state", 2),
	S("set-indicator", SERVE, 3, serve_set_indicator),
	S("nvram-fetch", SERVE, 3, serve_nvram_fetch),
	S("nvram-store", SERVE, 3, serve_nvram_store),
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
	S("start-cpu", SERVE, 3, serve_start_cpu),
	S("stop-self", ALONE, 0, serve_stop_self),
	S("power-off", ALONE, 2, serve_end_guest),
	S("system-reboot", ALONE, 0, serve_end_guest),
	S("ibm,os-term", ALONE, 1, serve_os_term),
};
#define SERVICES (sizeof(services) / sizeof(services[0]))

static uint32_t tokens[SERVICES];	/* QEMU's */
static uint32_t guest_tokens[SERVICES];	/* by which the guest calls */

void rtas_take_guest_tokens(const void *tree)
{
	int node = dt_find(tree, "/rtas");

	for (size_t i = 0; i < SERVICES; i++)
		if (node < 0 || dt_u32(tree, node, services[i].name, &guest_tokens[i]))
			guest_tokens[i] = 0;
}

void rtas_read_tokens(const void *tree)
{
	rtas_take_guest_tokens(tree);
	memcpy(tokens, guest_tokens, sizeof(tokens));
}

uint32_t rtas_token(const char *name)
{
	for (size_t i = 0; i < SERVICES; i++)
		if (strcmp(services[i].name, name) == 0)
			return tokens[i];
	return 0;
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

void rtas_terminate(const char *text, int number, const char *why)
{
	struct rtas_request call = { .vcpu = this_cpu(), .token = rtas_token("ibm,os-term"),
				     .nargs = 1, .nrets = 1 };

	smp_gather();
	verdict_print();
	uv_report(number, why);
	forward_os_term(&call, text);
}

static void serve_call(struct rtas_request *call)
{
	if (call->service->kind == ALONE) {
		call->service->serve(call);
		return;
	}
	smp_lock();
	if (call->service->kind == SERVE)
		call->service->serve(call);
	else if (call->service->kind == PLAIN)
		rtas_forward(call);
	else
		rtas_forward_buffer(call);
	smp_unlock();
}

/* By the guest's token; QEMU gets its own. */
static void find_service(struct rtas_request *call)
{
	for (size_t i = 0; i < SERVICES; i++)
		if (guest_tokens[i] && guest_tokens[i] == call->token) {
			call->service = &services[i];
			call->token = tokens[i];
			return;
		}
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
	struct rtas_request call = { .vcpu = vcpu };
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
	call.token = be32_get(cell[0]);
	find_service(&call);
	if (call.service && call.nargs >= call.service->nargs)
		serve_call(&call);
	else
		trace_refused(vcpu, call.token);
	for (uint32_t i = 0; i < call.nrets; i++)
		cell[i] = be32_make(call.ret[i]);
	smp_lock();
	guest_write(block + 12 + 4UL * call.nargs, cell, 4UL * call.nrets);
	smp_unlock();
	return call.service ? H_SUCCESS : H_PARAMETER;
}
