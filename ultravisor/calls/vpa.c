// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/vpa.h"

#include "abi/hcalls.h"
#include "lib/hcall.h"
#include "ultravisor/memory/machine.h"
#include "ultravisor/memory/memory.h"

#define KINDS 3		/* H_VPA_REG_VPA, _DTL, _SLB */

/* The frame of each area that QEMU knows, or 0 */
static uint64_t known[CPUS_MAX][KINDS];

static uint32_t cpu_of(uint64_t server)
{
	uint32_t cpu = 0;

	while (cpu < machine.cpus && machine.server[cpu] != server)
		cpu++;
	return cpu;
}

/* Registers 1..3 or deregisters 5..7 an area; anything else is not for us to say (LoPAR 14.11.3.2) */
static bool function_ok(uint64_t function)
{
	return function % 4 > 0 && function <= H_VPA_DEREG_SLB;
}

/*
 * Codes are QEMU's. What it is not to know of is accepted and forgotten: it would count dispatches in
 * memory of the guest that is not for it, and Linux can do without the counts.
 */
int64_t serve_register_vpa(struct vcpu *vcpu, uint64_t *r)
{
	uint64_t function = r[0] >> H_VPA_FUNC_SHIFT, gfn = r[2] / FRAME_SIZE;
	bool away = function >= H_VPA_DEREG_VPA;
	uint32_t cpu = cpu_of(r[1]);
	int64_t rc;

	(void)vcpu;
	if (cpu == machine.cpus || !function_ok(function) || r[0] << (64 - H_VPA_FUNC_SHIFT))
		return H_PARAMETER;
	if (!machine.secure || (!away && pages_get(&pages, gfn) != PAGE_SHARED))
		return H_SUCCESS;
	rc = HCALL(H_REGISTER_VPA, r[0], r[1], away ? 0 : r[2]);
	if (rc == H_SUCCESS)
		known[cpu][function % 4 - 1] = away ? 0 : gfn;
	return rc;
}

/* The VPA goes last: QEMU keeps it as long as one of the others is there. */
static void forget(uint32_t cpu)
{
	for (int kind = KINDS - 1; kind >= 0; kind--) {
		HCALL(H_REGISTER_VPA, (H_VPA_DEREG_VPA + (uint64_t)kind) << H_VPA_FUNC_SHIFT, machine.server[cpu], 0);
		known[cpu][kind] = 0;
	}
}

void vpa_forget(uint64_t gfn)
{
	for (uint32_t cpu = 0; cpu < machine.cpus; cpu++)
		for (int kind = 0; kind < KINDS; kind++)
			if (known[cpu][kind] == gfn)
				forget(cpu);
}
