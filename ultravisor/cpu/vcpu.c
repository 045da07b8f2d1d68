// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/cpu/vcpu.h"

#include "abi/power.h"
#include "lib/string.h"
#include "ultravisor/cpu/arch.h"
#include "ultravisor/memory/radix.h"

#define AIL_OFFSET 0xc000000000004000UL

struct vcpu vcpus[CPUS_MAX];
uint64_t vcpu_lpcr = LPCR_LD;

bool vcpu_little(const struct vcpu *vcpu)
{
	return vcpu->regs.msr & MSR_LE;
}

bool vcpu_user(const struct vcpu *vcpu)
{
	return vcpu->regs.msr & MSR_PR;
}

bool vcpu_may_run(const struct vcpu *vcpu)
{
	return vcpu->secure || !platform.secure;
}

void vcpu_reset(struct vcpu *vcpu, uint64_t nip, uint64_t msr, uint64_t r3)
{
	memset(&vcpu->hv, 0, sizeof(vcpu->hv));
	memset(&vcpu->regs, 0, sizeof(vcpu->regs));
	vcpu->hv.version = HV_STATE_VERSION;
	vcpu->hv.lpid_token = HV_LPID_TOKEN(LPID_GUEST);
	vcpu->hv.hfscr = HFSCR_GUEST;
	vcpu->regs.nip = nip;
	vcpu->regs.msr = msr;
	GPR(vcpu, 3) = r3;
	vcpu->secure = platform.secure;	/* open-power/ultravisor svm/svm-rtas.c:147 */
	vcpu->masked = vcpu->wanted = false;
	vcpu->exposed = 0;
}

void vcpu_inject(struct vcpu *vcpu, uint64_t vector, uint64_t cause)
{
	uint64_t msr = vcpu->regs.msr, new = MSR_SF | MSR_ME;
	bool translated = (msr & (MSR_IR | MSR_DR)) == (MSR_IR | MSR_DR);

	vcpu->hv.srr0 = vcpu->regs.nip;
	vcpu->hv.srr1 = msr | cause;
	if ((vcpu_lpcr & LPCR_AIL_3) == LPCR_AIL_3 && translated && vector > 0x200) {
		vector += AIL_OFFSET;
		new |= MSR_IR | MSR_DR;
	}
	vcpu->regs.msr = new | (vcpu_lpcr & LPCR_ILE ? MSR_LE : 0);
	vcpu->regs.nip = vector;
}

void vcpu_enter_vector(struct vcpu *vcpu, uint64_t vector)
{
	vcpu->hv.srr0 = vcpu->regs.nip;
	vcpu->hv.srr1 = vcpu->regs.msr & ~SRR1_CAUSE;
	vcpu->regs.msr = MSR_SF | MSR_ME | (vcpu_lpcr & LPCR_ILE ? MSR_LE : 0);
	vcpu->regs.nip = vector;
}

void vcpu_inject_data_fault(struct vcpu *vcpu, uint64_t ea, bool store)
{
	dar_set(ea);
	dsisr_set(DSISR_NO_PTE | (store ? DSISR_STORE : 0));
	vcpu_inject(vcpu, 0x300, 0);
}

void vcpu_inject_fetch_fault(struct vcpu *vcpu)
{
	vcpu_inject(vcpu, 0x400, DSISR_NO_PTE);
}
