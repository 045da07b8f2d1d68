// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/cpu/irq.h"

#include "abi/hcalls.h"
#include "abi/power.h"
#include "lib/hcall.h"
#include "ultravisor/cpu/vcpu.h"

void irq_arrived(struct vcpu *vcpu)
{
	const uint64_t in[HCALL_REGS] = { vcpu->server };
	uint64_t out[HCALL_REGS];

	if (!vcpu->masked && hcall(H_IPOLL, in, out) == H_SUCCESS) {
		vcpu->cppr = (uint8_t)(out[0] >> 24);	/* of XIRR: LoPAR 14.5.4.7 */
		vcpu->masked = true;
		HCALL(H_CPPR, 0);
	}
	vcpu->wanted = true;
}

bool irq_deliver(struct vcpu *vcpu)
{
	if (vcpu->wanted && (vcpu->regs.msr & MSR_EE)) {
		vcpu->wanted = false;
		vcpu_inject(vcpu, 0x500, 0);
	}
	return vcpu->wanted;
}

void irq_unmask(struct vcpu *vcpu)
{
	if (!vcpu->masked)
		return;
	vcpu->masked = vcpu->wanted = false;
	HCALL(H_CPPR, vcpu->cppr);
}
