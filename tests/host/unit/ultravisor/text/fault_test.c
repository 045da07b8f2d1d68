// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/text/fault: what the guest may touch, and what its CPUs read of MSR[S]. */
#include "abi/nested.h"
#include "abi/power.h"
#include "lib/endian.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/text/fault.h"
#include "ultravisor/text/guest.h"

#define GUEST (8UL << 20)
#define PAGE  0x110000UL
#define FRAME (PAGE / FRAME_SIZE)

static int secure(void **state)
{
	(void)state;
	fake_reset();
	fake_uv_reset(GUEST);
	exec_restore_all();
	for (uint64_t gfn = 1; gfn < pages.count; gfn++)
		pages_secure(&pages, gfn, true);
	platform.secure = true;
	return 0;
}

static bool load(uint64_t gpa)
{
	vcpus[0].hv.asdr = vcpus[0].hv.hdar = gpa;
	vcpus[0].hv.hdsisr = 0;
	vcpus[0].regs.nip = PAGE;
	return fault_data(&vcpus[0]);
}

static void test_implicit(void **state)
{
	(void)state;
	assert_true(pages_share(&pages, FRAME + 1, PAGE_IMPLICIT));
	assert_true(load(PAGE));		/* what lies around it is mapped, too */
	assert_true(*radix_leaf(PAGE, false) & PTE_R);
	assert_int_equal(*radix_leaf(PAGE + FRAME_SIZE, false), 0);
	assert_false(load(PAGE + FRAME_SIZE));
	assert_false(load(PAGE + 2 * FRAME_SIZE - 1));
	assert_true(load(PAGE + 2 * FRAME_SIZE));
	vcpus[0].hv.asdr = PAGE + FRAME_SIZE;
	assert_false(fault_fetch(&vcpus[0], 0));
	vcpus[0].hv.asdr = PAGE;
	assert_true(fault_fetch(&vcpus[0], 0));
	platform.implicit_maps = true;
	assert_true(load(PAGE + FRAME_SIZE));
	assert_int_equal(*radix_leaf(PAGE + FRAME_SIZE, false) & PTE_BASE, PAGE + FRAME_SIZE);
}

static uint64_t read_msr(void)
{
	const uint32_t mfmsr_r7 = 0x7ce000a6, nop = 0x60000000;
	uint8_t text[8];

	be32_store(text, mfmsr_r7);
	be32_store(text + 4, nop);
	assert_true(guest_write(PAGE, text, sizeof(text)));
	memory_map_around(PAGE);
	exec_fetch(PAGE, false);
	vcpus[0].regs.nip = PAGE;
	vcpus[0].regs.msr = MSR_SF | MSR_ME;
	assert_false(fault_illegal(&vcpus[0]));
	assert_int_equal(vcpus[0].regs.nip, PAGE + 4);
	return GPR(&vcpus[0], 7);
}

static void test_msr(void **state)
{
	(void)state;
	vcpus[0].secure = true;
	assert_int_equal(read_msr(), MSR_SF | MSR_ME | MSR_S);
	vcpus[0].secure = false;
	assert_int_equal(read_msr(), MSR_SF | MSR_ME);
}

/* uv.evil=memory: what lies behind the guest's end is QEMU's, before and after UV_ESM, and no frame of the guest's. */
static void test_outside(void **state)
{
	const uint64_t end = GUEST / 2;
	uint8_t byte = 7;

	(void)state;
	fake_uv_reset(GUEST);
	assert_false(memory_contains(GUEST, 1));
	memory_leave_outside(GUEST - end);
	assert_int_equal(pages.count, end / FRAME_SIZE);
	assert_true(memory_is_guests(end - 1, 1) && !memory_is_guests(end - 1, 2));
	assert_true(memory_contains(GUEST - 1, 1) && !memory_contains(GUEST - 1, 2));
	for (uint64_t gfn = 1; gfn < pages.count; gfn++)
		pages_secure(&pages, gfn, true);
	platform.secure = true;
	assert_true(load(end));
	assert_int_equal(*radix_leaf(end, false) & PTE_BASE, end);
	assert_int_equal(*radix_leaf(end - FRAME_SIZE, false), 0);	/* not touched */
	assert_true(guest_write(GUEST - 1, &byte, 1));
	assert_int_equal(((uint8_t *)real(0))[GUEST - 1], 7);
	assert_int_equal(pages_may_unshare(&pages, end / FRAME_SIZE - 1, 1), 0);
	assert_int_equal(pages_may_unshare(&pages, end / FRAME_SIZE - 1, 2), U_P2);
	assert_int_equal(pages_may_share(&pages, end / FRAME_SIZE, 1), U_P2);
	radix_clear();
	assert_int_equal(*radix_leaf(end, false), 0);
}

/* @word, in either byte order, is what CPU 0 comes to in a page that has been searched. */
static bool illegal(uint32_t word, bool word_little, uint64_t msr, uint64_t ctr)
{
	uint8_t text[4];

	be32_store(text, word_little ? __builtin_bswap32(word) : word);
	assert_true(guest_write(PAGE, text, sizeof(text)));
	memory_map_around(PAGE);
	exec_fetch(PAGE, false);
	vcpu_reset(&vcpus[0], PAGE, msr, 0);
	vcpus[0].regs.ctr = ctr;
	exec_note_entry(&vcpus[0]);
	return fault_illegal(&vcpus[0]);
}

/* An sc 2 is one in the CPU's byte order; to the other it is bdnz .+0x44, which does what it does. */
static void test_sc_2(void **state)
{
	(void)state;
	for (int little = 0; little < 2; little++) {
		uint64_t msr = MSR_SF | MSR_ME | (little ? MSR_LE : 0);

		assert_true(illegal(INSN_SC_2, little, msr, 2));
		assert_true(vcpus[0].regs.nip == PAGE + 4 && vcpus[0].regs.ctr == 2);
		assert_false(illegal(INSN_SC_2, !little, msr, 2));
		assert_true(vcpus[0].regs.nip == PAGE + 0x44 && vcpus[0].regs.ctr == 1);
		assert_false(illegal(INSN_SC_2, !little, msr, 1));
		assert_true(vcpus[0].regs.nip == PAGE + 4 && vcpus[0].regs.ctr == 0);
	}
}

static void interrupted(uint64_t msr, uint64_t cause)
{
	assert_int_equal(vcpus[0].regs.nip, 0x700);
	assert_int_equal(vcpus[0].hv.srr0, PAGE);
	assert_int_equal(vcpus[0].hv.srr1, msr | cause);
}

/* Program interrupts, ISA 3.0B Book III 6.5.9: SRR1 bit 44 for illegal, 45 for privileged instructions */
static void test_program_interrupts(void **state)
{
	const uint32_t mfmsr_r7 = 0x7ce000a6;

	(void)state;
	for (int little = 0; little < 2; little++) {
		uint64_t msr = MSR_SF | MSR_ME | (little ? MSR_LE : 0);

		assert_false(illegal(mfmsr_r7, little, msr | MSR_PR, 0));
		interrupted(msr | MSR_PR, BIT_BE(45));
		assert_false(illegal(mfmsr_r7, !little, msr, 0));
		interrupted(msr, BIT_BE(44));
		assert_false(illegal(0, little, msr, 0));
		interrupted(msr, BIT_BE(44));
	}
}

static void fault_at(uint64_t gpa, uint64_t cause)
{
	vcpu_reset(&vcpus[0], PAGE, MSR_SF | MSR_ME, 0);
	vcpus[0].hv.asdr = gpa;
	vcpus[0].hv.hdar = gpa + 7;
	vcpus[0].hv.hdsisr = cause;
	assert_true(fault_data(&vcpus[0]));
}

/* A window of a host bridge is mapped to itself, page by page; what is nothing is an interrupt. */
static void test_devices(void **state)
{
	const uint64_t window = 0x200080000000;
	bool full = false;

	(void)state;
	ranges_add(&platform.mmio, (struct range){ window, window + (1UL << 40) });
	fault_at(window + 0x5123, DSISR_STORE);
	assert_int_equal(vcpus[0].regs.nip, PAGE);
	assert_int_equal(*radix_leaf(window + 0x5000, false),
			 PTE_VALID | PTE_LEAF | (window + 0x5000) | PTE_REF_CHANGE | PTE_IO | PTE_R | PTE_W);
	assert_int_equal(*radix_leaf(window + 0x4000, false), 0);
	assert_int_equal(*radix_leaf(window + 0x6000, false), 0);
	for (int store = 0; store < 2; store++) {
		fault_at(window - 1, store ? DSISR_STORE : 0);
		assert_int_equal(vcpus[0].regs.nip, 0x300);
		assert_int_equal(fake_uv.dar, window + 6);
		assert_int_equal(fake_uv.dsisr, DSISR_NO_PTE | (store ? DSISR_STORE : 0));
	}
	fault_at(window, DSISR_STORE | DSISR_TABLE_WALK);	/* nor are the guest's tables there */
	vcpu_reset(&vcpus[0], PAGE, MSR_SF | MSR_ME, 0);
	vcpus[0].hv.asdr = window;
	assert_true(fault_fetch(&vcpus[0], 0));
	assert_int_equal(vcpus[0].regs.nip, 0x400);
	assert_int_equal(vcpus[0].hv.srr1, MSR_SF | MSR_ME | DSISR_NO_PTE);
	for (uint64_t i = 0; i < 1000 && !full; i++)
		full = fake_stops(fault_at(window + (i << 21), 0));
	smp_unlock();		/* it ended in fault_data() */
	assert_true(full);
	assert_non_null(strstr(fake.console, "FAIL E912 a table of the ultravisor is full: device windows at 0x2000"));
}

/* Where the guest has its own tables any leaf will do; they are no text. */
static void test_table_walk(void **state)
{
	(void)state;
	for (int fetch = 0; fetch < 2; fetch++) {
		assert_int_equal(illegal(INSN_SC_2, false, MSR_SF | MSR_ME, 1), true);
		assert_int_equal(*radix_leaf(PAGE, false) & PTE_RWX, PTE_X);
		vcpus[0].hv.asdr = PAGE;
		vcpus[0].hv.hdsisr = DSISR_STORE | DSISR_TABLE_WALK;
		assert_true(fetch ? fault_fetch(&vcpus[0], DSISR_TABLE_WALK) : fault_data(&vcpus[0]));
		assert_int_equal(*radix_leaf(PAGE, false) & PTE_RWX, PTE_R | PTE_W);
		assert_int_equal(vcpus[0].regs.nip, PAGE + 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_implicit, secure), cmocka_unit_test_setup(test_msr, secure),
		cmocka_unit_test_setup(test_outside, secure), cmocka_unit_test_setup(test_sc_2, secure),
		cmocka_unit_test_setup(test_program_interrupts, secure), cmocka_unit_test_setup(test_devices, secure),
		cmocka_unit_test_setup(test_table_walk, secure),
	};

	return RUN(tests);
}
