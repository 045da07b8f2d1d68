// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/vpa.h"

#include "abi/hcalls.h"
#include "lib/endian.h"
#include "lib/hcall.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/text/guest.h"

#define CACHE_LINE 128	/* of each CPU that this runs on */
#define KINDS 3		/* H_VPA_REG_VPA, _DTL, _SLB */

/* The frame of each area that QEMU knows of, or 0 */
static uint64_t registered[CPUS_MAX][KINDS];

static uint32_t find_cpu(uint64_t server)
{
	uint32_t cpu = 0;

	while (cpu < platform.cpus && platform.server[cpu] != server)
		cpu++;
	return cpu;
}

/* Functions 1..3 register an area, 5..7 deregister one (LoPAR 14.11.3.2) */
static bool function_ok(uint64_t function)
{
	return function % 4 > 0 && function <= H_VPA_DEREG_SLB;
}

/*
 * Of an area that comes: not 0, aligned to a cache line, all of it memory, not too small, VPA and
 * SLB shadow within 4 KiB. Its size is at 4: a halfword of a VPA, otherwise a word. LoPAR
 * 14.11.3.2, and QEMU hw/ppc/spapr_hcall.c register_vpa(), register_slb_shadow(), register_dtl(),
 * which do not look at the end of memory; KVM does.
 */
static int64_t check_area(uint64_t function, uint64_t gpa)
{
	static const uint32_t size_min[KINDS] = { 640, 48, 8 };
	const bool is_vpa = function == H_VPA_REG_VPA;
	uint8_t bytes[4] = { 0 };
	uint64_t size;

	if (gpa == 0)
		return H_HARDWARE;
	if (gpa % CACHE_LINE || !guest_read(bytes, gpa + 4, is_vpa ? 2 : 4))
		return H_PARAMETER;
	size = is_vpa ? be16_load(bytes) : be32_load(bytes);
	if (size < size_min[function - 1] || !memory_contains(gpa, size))
		return H_PARAMETER;
	if (function != H_VPA_REG_DTL && gpa / SMALL_PAGE != (gpa + size - 1) / SMALL_PAGE)
		return H_PARAMETER;
	return H_SUCCESS;
}

/*
 * Return codes are QEMU's. An area that is not shared is accepted and ignored: QEMU would write
 * dispatch counts into normal memory, where the guest does not see them, and Linux can do without.
 */
int64_t serve_register_vpa(struct vcpu *vcpu, uint64_t *r)
{
	uint64_t function = r[0] >> H_VPA_FUNC_SHIFT, gfn = r[2] / FRAME_SIZE;
	bool deregister = function >= H_VPA_DEREG_VPA;
	uint32_t cpu = find_cpu(r[1]);
	int64_t rc;

	(void)vcpu;
	if (cpu == platform.cpus || !function_ok(function) || r[0] << (64 - H_VPA_FUNC_SHIFT))
		return H_PARAMETER;
	if (!deregister && (rc = check_area(function, r[2])))
		return rc;
	if (!platform.secure || (!deregister && pages_get(&pages, gfn) != PAGE_SHARED))
		return H_SUCCESS;
	rc = HCALL(H_REGISTER_VPA, r[0], r[1], deregister ? 0 : r[2]);
	if (rc == H_SUCCESS)
		registered[cpu][function % 4 - 1] = deregister ? 0 : gfn;
	return rc;
}

/* The VPA goes last: QEMU keeps it for as long as one of the others is registered. */
static void deregister_areas(uint32_t cpu)
{
	for (int kind = KINDS - 1; kind >= 0; kind--) {
		uint64_t function = H_VPA_DEREG_VPA + (uint64_t)kind;

		HCALL(H_REGISTER_VPA, function << H_VPA_FUNC_SHIFT, platform.server[cpu], 0);
		registered[cpu][kind] = 0;
	}
}

void vpa_forget(uint64_t gfn)
{
	for (uint32_t cpu = 0; cpu < platform.cpus; cpu++)
		for (int kind = 0; kind < KINDS; kind++)
			if (registered[cpu][kind] == gfn)
				deregister_areas(cpu);
}
