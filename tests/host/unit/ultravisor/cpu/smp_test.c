// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/smp: a CPU that does not leave the guest by itself is sent an IPI, and not before it is late. */
#include "abi/hcalls.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/platform.h"

#define HZ 512000000UL

static uint64_t first_kick, mfrr;	/* XICS: the most favoured pending IPI, 0xff is none */
static unsigned int kicks, lost;

/* It takes as many IPIs as are lost, and one more, until the CPU leaves. */
static int64_t qemu(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	assert_int_equal(in[0], 8);
	if (number == H_IPOLL) {
		out[1] = mfrr;
		return H_SUCCESS;
	}
	assert_int_equal(number, H_IPI);
	mfrr = in[1];
	if (!vcpus[1].in_guest)		/* put back */
		return H_SUCCESS;
	assert_true(in[1] < 4);
	if (!kicks++)
		first_kick = fake.timebase;
	if (kicks > lost) {
		vcpus[1].exits++;
		vcpus[1].in_guest = false;
	}
	return H_SUCCESS;
}

static int two_cpus(void **state)
{
	(void)state;
	fake_reset();
	fake_uv_reset(4UL << 20);
	platform.timebase_hz = HZ;
	vcpus[1].index = 1;
	vcpus[1].server = 8;
	fake_uv_second_cpu(qemu);
	kicks = lost = 0;
	mfrr = 0xff;
	return 0;
}

static void check_kicks(void (*wait)(void), unsigned int want)
{
	uint64_t start = fake.timebase;

	wait();
	assert_int_equal(kicks, want);
	assert_in_range(first_kick - start, HZ / 10, HZ / 9);
}

static void test_shootdown(void **state)
{
	check_kicks(smp_shootdown, 1);
	two_cpus(state);
	lost = 2;
	check_kicks(smp_shootdown, 3);
	assert_in_range(fake.timebase - first_kick, HZ / 5, HZ / 4);
}

/* The controller is the guest's: it keeps the IPI that was pending there, or none. */
static void test_taken_back(void **state)
{
	smp_shootdown();
	assert_int_equal(mfrr, 0xff);
	two_cpus(state);
	mfrr = 4;
	lost = 1;
	smp_shootdown();
	assert_int_equal(mfrr, 4);
}

static void alone(void)
{
	assert_true(smp_exclusive_begin());
	smp_exclusive_end();
}

static void test_alone(void **state)
{
	(void)state;
	check_kicks(alone, 1);
}

/* Who is not in the guest is not waited for. */
static void test_out(void **state)
{
	(void)state;
	vcpus[1].in_guest = false;
	smp_shootdown();
	alone();
	assert_int_equal(kicks, 0);
}

/* A CPU that ran before UV_ESM has no MSR[S]: it stays out of a guest that is secure. */
static void test_not_secure(void **state)
{
	(void)state;
	vcpus[1].in_guest = false;
	assert_true(smp_enter(&vcpus[1]));
	smp_leave(&vcpus[1]);
	platform.secure = true;
	assert_false(smp_enter(&vcpus[1]));
	assert_false(vcpus[1].in_guest);
	vcpu_reset(&vcpus[1], 0x100, 0, 0);	/* started again, by the secure guest */
	assert_true(smp_enter(&vcpus[1]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_shootdown, two_cpus), cmocka_unit_test_setup(test_taken_back, two_cpus),
		cmocka_unit_test_setup(test_alone, two_cpus),
		cmocka_unit_test_setup(test_out, two_cpus), cmocka_unit_test_setup(test_not_secure, two_cpus),
	};

	return RUN(tests);
}
