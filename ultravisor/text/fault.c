// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/text/fault.h"

#include "abi/nested.h"
#include "abi/power.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/text/access.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/text/walk.h"

/* `bdnz .+0x44` of one byte order is the `sc 2` of the other: a word replaced in vain. */
#define BDNZ_44 0x42000044

/* L0 reads the guest's own tree or process table: any leaf that can be read will do. */
static void access_tree(uint64_t gpa)
{
	exec_release(gpa);
	memory_map_around(gpa);
}

/*
 * Text is looked at, by the instruction at @nip in another page. One word of it can be had without giving
 * the page back, which may be the system call's; who goes on to another one reads all of it.
 */
static bool glance_done(struct vcpu *vcpu, uint64_t nip, uint64_t gpa)
{
	bool goes_on = page_of(vcpu->glance) == page_of(gpa) && vcpu->glance != gpa;

	vcpu->glance = gpa;
	return !goes_on && access_done(vcpu, nip, gpa);
}

/* An access that the leaf of a page of memory does not allow. */
static void access_memory(struct vcpu *vcpu, uint64_t gpa, bool store)
{
	uint64_t *leaf = radix_leaf(gpa, false), nip;

	if (!*leaf)
		memory_map_around(gpa);
	if (*leaf & (store ? PTE_W : PTE_R))
		return;
	if (!walk(vcpu, vcpu->regs.nip, true, &nip)) {
		exec_release(gpa);
	} else if (page_of(nip) == page_of(gpa)) {
		if (access_done(vcpu, nip, gpa))
			access_onward(vcpu);
		else
			exec_own_access(vcpu, nip, gpa, store);
	} else if (store || !glance_done(vcpu, nip, gpa)) {
		exec_release(gpa);
	}
}

static void access_device(uint64_t gpa)
{
	uint64_t *leaf = radix_leaf(gpa, true);

	if (!leaf)
		uv_fail(E_UV_TABLE_FULL, "device windows at 0x%lx", gpa);
	*leaf = PTE_VALID | PTE_LEAF | (gpa & PTE_BASE) | PTE_REF_CHANGE | PTE_IO | PTE_R | PTE_W;
}

void fault_data(struct vcpu *vcpu)
{
	uint64_t gpa = vcpu->hv.asdr;
	bool tree = vcpu->hv.hdsisr & DSISR_TREE, store = (vcpu->hv.hdsisr & DSISR_STORE) && !tree;

	smp_lock();
	if (memory_contains(gpa, 1) && tree)
		access_tree(gpa);
	else if (memory_contains(gpa, 1))
		access_memory(vcpu, gpa, store);
	else if (memory_is_device(page_of(gpa), SMALL_PAGE))
		access_device(gpa);
	else
		inject_data_fault(vcpu, vcpu->hv.hdar, store);
	smp_unlock();
}

void fault_fetch(struct vcpu *vcpu, uint64_t cause)
{
	uint64_t gpa = vcpu->hv.asdr;

	smp_lock();
	if (!memory_contains(gpa, 1)) {
		inject_fetch_fault(vcpu);
	} else if (cause & DSISR_TREE) {
		access_tree(gpa);
	} else {
		memory_map_around(gpa);
		exec_fetch(gpa, vcpu_user(vcpu));
	}
	smp_unlock();
}

bool fault_illegal(struct vcpu *vcpu)
{
	enum exec_word word = EXEC_NONE;
	uint64_t gpa;
	uint32_t rt = 0;
	bool little = false, forgotten;

	smp_lock();
	forgotten = exec_has_forgotten(vcpu);
	if (walk(vcpu, vcpu->regs.nip, true, &gpa))
		word = exec_lookup(gpa, &rt, &little);
	smp_unlock();
	if (word == EXEC_SC2 && little != vcpu_little(vcpu)) {
		vcpu->regs.nip += --vcpu->regs.ctr ? BDNZ_44 & 0xfffc : 4;
	} else if (word == EXEC_SC2) {
		vcpu->regs.nip += 4;
		return true;
	} else if (word == EXEC_MFMSR && little != vcpu_little(vcpu)) {
		inject(vcpu, 0x700, SRR1_ILLEGAL);	/* lhzu r16 with RA = 0, which is invalid */
	} else if (word == EXEC_MFMSR && vcpu_user(vcpu)) {
		inject(vcpu, 0x700, SRR1_PRIVILEGED);
	} else if (word == EXEC_MFMSR) {
		GPR(vcpu, rt) = vcpu->regs.msr | MSR_S;
		vcpu->regs.nip += 4;
	} else if (word == EXEC_STEP || forgotten) {
		;	/* another CPU's, which removes it when it leaves, or has put it back: once more */
	} else {
		inject(vcpu, 0x700, SRR1_ILLEGAL);
	}
	return false;
}
