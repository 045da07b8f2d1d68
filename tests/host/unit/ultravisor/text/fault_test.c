// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/text/fault: what the guest may touch, and what its CPUs read of MSR[S]. */
#include "abi/nested.h"
#include "abi/power.h"
#include "lib/endian.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_implicit, secure), cmocka_unit_test_setup(test_msr, secure),
		cmocka_unit_test_setup(test_outside, secure),
	};

	return RUN(tests);
}
