// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/text/fault.h"

#include "abi/nested.h"
#include "abi/power.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/text/access.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/text/walk.h"

/* `bdnz .+0x44` is the `sc 2` of the other byte order, and was replaced needlessly. */
#define BDNZ_44 0x42000044

/* L0 reads the guest's own radix or process table, for which any readable leaf will do. */
static void map_guest_table(uint64_t gpa)
{
	exec_release(gpa);
	memory_map_around(gpa);
}

/*
 * The instruction at @nip reads text in another page. A single word is emulated, and the page stays
 * executable: Linux reads the `sc` of a system call. A second word means that all of it will be
 * read.
 */
static bool peek_word(struct vcpu *vcpu, uint64_t nip, uint64_t gpa)
{
	bool second = page_of(vcpu->peeked) == page_of(gpa) && vcpu->peeked != gpa;

	vcpu->peeked = gpa;
	return !second && access_emulate(vcpu, nip, gpa);
}

/* An access that the leaf of a page of memory does not allow. */
static void allow_access(struct vcpu *vcpu, uint64_t gpa, bool store)
{
	uint64_t *leaf = radix_leaf(gpa, false), nip;

	if (!*leaf)
		memory_map_around(gpa);
	if (*leaf & (store ? PTE_W : PTE_R))
		return;
	if (!walk(vcpu, vcpu->regs.nip, true, &nip)) {
		exec_release(gpa);
	} else if (page_of(nip) == page_of(gpa)) {
		if (access_emulate(vcpu, nip, gpa))
			access_emulate_loop(vcpu);
		else
			exec_own_access(vcpu, nip, gpa, store);
	} else if (store || !peek_word(vcpu, nip, gpa)) {
		exec_release(gpa);
	}
}

static void map_device(uint64_t gpa)
{
	uint64_t *leaf = radix_leaf(gpa, true);

	if (!leaf)
		uv_fail(E_UV_TABLE_FULL, "device windows at 0x%lx", gpa);
	*leaf = PTE_VALID | PTE_LEAF | (gpa & PTE_BASE) | PTE_REF_CHANGE | PTE_IO | PTE_R | PTE_W;
}

/* open-power/ultravisor core/svm_host.c:1700: such a frame is not mapped for the guest. */
static bool is_forbidden(uint64_t gpa)
{
	return !platform.implicit_maps && pages_get(&pages, gpa / FRAME_SIZE) == PAGE_IMPLICIT;
}

bool fault_data(struct vcpu *vcpu)
{
	uint64_t gpa = vcpu->hv.asdr;
	bool table = vcpu->hv.hdsisr & DSISR_TABLE_WALK;
	bool store = (vcpu->hv.hdsisr & DSISR_STORE) && !table, allowed;

	smp_lock();
	allowed = !is_forbidden(gpa);
	if (!allowed)
		;	/* it ends */
	else if (memory_contains(gpa, 1) && table)
		map_guest_table(gpa);
	else if (memory_contains(gpa, 1))
		allow_access(vcpu, gpa, store);
	else if (memory_is_device(page_of(gpa), SMALL_PAGE))
		map_device(gpa);
	else
		vcpu_inject_data_fault(vcpu, vcpu->hv.hdar, store);
	smp_unlock();
	return allowed;
}

bool fault_fetch(struct vcpu *vcpu, uint64_t cause)
{
	uint64_t gpa = vcpu->hv.asdr;
	bool allowed;

	smp_lock();
	allowed = !is_forbidden(gpa);
	if (!allowed) {
		;	/* it ends */
	} else if (!memory_contains(gpa, 1)) {
		vcpu_inject_fetch_fault(vcpu);
	} else if (cause & DSISR_TABLE_WALK) {
		map_guest_table(gpa);
	} else {
		memory_map_around(gpa);
		if (!vcpu_user(vcpu) && vcpu->regs.nip >= QUADRANT_3)
			exec_note_high_kernel();
		exec_fetch(gpa, vcpu_user(vcpu));
	}
	smp_unlock();
	return allowed;
}

bool fault_illegal(struct vcpu *vcpu)
{
	enum exec_word word = EXEC_NONE;
	uint64_t gpa;
	uint32_t rt = 0;
	bool little = false, restored;

	smp_lock();
	restored = exec_restored_since_entry(vcpu);
	if (walk(vcpu, vcpu->regs.nip, true, &gpa))
		word = exec_lookup(gpa, &rt, &little);
	smp_unlock();
	if (word == EXEC_SC2 && little != vcpu_little(vcpu)) {
		vcpu->regs.nip += --vcpu->regs.ctr ? BDNZ_44 & 0xfffc : 4;
	} else if (word == EXEC_SC2) {
		vcpu->regs.nip += 4;
		return true;
	} else if (word == EXEC_MFMSR && little != vcpu_little(vcpu)) {
		vcpu_inject(vcpu, 0x700, SRR1_ILLEGAL);	/* lhzu r16 with RA = 0, which is invalid */
	} else if (word == EXEC_MFMSR && vcpu_user(vcpu)) {
		vcpu_inject(vcpu, 0x700, SRR1_PRIVILEGED);
	} else if (word == EXEC_MFMSR) {
		GPR(vcpu, rt) = vcpu->regs.msr | (vcpu->secure ? MSR_S : 0);
		vcpu->regs.nip += 4;
	} else if (word == EXEC_STEP || restored) {
		;	/* another CPU's, gone by its exit, or restored meanwhile: retry */
	} else {
		vcpu_inject(vcpu, 0x700, SRR1_ILLEGAL);
	}
	return false;
}
