// SPDX-License-Identifier: GPL-2.0-or-later
/* All of them would act on L1 if they were forwarded. */
#include "ultravisor/calls/hcall_cpu.h"

#include "abi/hcalls.h"
#include "abi/power.h"
#include "lib/hcall.h"
#include "ultravisor/cpu/arch.h"
#include "ultravisor/cpu/irq.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"

#define PROC_TBL_SIZE_MAX 24	/* log2(bytes) - 12 */

/* L1 waits for the guest; what wakes it is still pending when the guest is entered again. */
int64_t serve_cede(struct vcpu *vcpu, uint64_t *r)
{
	(void)r;
	irq_unmask(vcpu);
	vcpu->regs.msr |= MSR_EE;
	cede();
	return H_SUCCESS;
}

int64_t serve_set_sprg0(struct vcpu *vcpu, uint64_t *r)
{
	vcpu->hv.sprg[0] = r[0];
	return H_SUCCESS;
}

/*
 * Other CPUs may be in the guest (after kexec some are): they have the new LPCR when this returns.
 */
static void set_lpcr(uint64_t clear, uint64_t set)
{
	vcpu_lpcr = (vcpu_lpcr & ~clear) | set;
	smp_shootdown();
}

static int64_t set_endian(uint64_t flags)
{
	if (flags > 1)
		return H_UNSUPPORTED_FLAG;
	set_lpcr(LPCR_ILE, flags ? LPCR_ILE : 0);
	return H_SUCCESS;
}

static int64_t set_translation(uint64_t flags)
{
	if (flags != 0 && flags != 3)
		return H_UNSUPPORTED_FLAG;
	set_lpcr(LPCR_AIL_3, flags ? LPCR_AIL_3 : 0);
	return H_SUCCESS;
}

/* QEMU hw/ppc/spapr_hcall.c h_set_mode(): the values must be 0 for both resources */
int64_t serve_set_mode(struct vcpu *vcpu, uint64_t *r)
{
	(void)vcpu;
	if (r[1] != H_SET_MODE_RESOURCE_LE && r[1] != H_SET_MODE_RESOURCE_ADDR_TRANS_MODE)
		return H_P2;
	if (r[2])
		return H_P3;
	if (r[3])
		return H_P4;
	return r[1] == H_SET_MODE_RESOURCE_LE ? set_endian(r[0]) : set_translation(r[0]);
}

/* Codes as QEMU hw/ppc/spapr_hcall.c h_register_process_table() */
int64_t serve_register_proc_tbl(struct vcpu *vcpu, uint64_t *r)
{
	uint64_t flags = r[0], base = r[1], page = r[2], size = r[3];

	(void)vcpu;
	if ((flags & ~(uint64_t)PROC_TBL_FLAGS) || !(flags & PROC_TBL_RADIX))
		return H_PARAMETER;
	if (!(flags & PROC_TBL_MODIFY))
		return H_SUCCESS;
	if (!(flags & PROC_TBL_REGISTER)) {
		radix_set_process_table(0);
		return H_SUCCESS;
	}
	if (base % SMALL_PAGE || !memory_contains(base, SMALL_PAGE))
		return H_P2;
	if (page)
		return H_P3;
	if (size > PROC_TBL_SIZE_MAX)
		return H_P4;
	radix_set_process_table(base | size);
	return H_SUCCESS;
}

/*
 * open-power/ultravisor core/hvcall.c: a secure guest cannot trust random numbers of the hypervisor
 */
int64_t serve_random(struct vcpu *vcpu, uint64_t *r)
{
	const uint64_t in[HCALL_REGS] = { 0 };

	return vcpu->secure ? H_FUNCTION : hcall(H_RANDOM, in, r);
}
