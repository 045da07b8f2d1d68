// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages that change sides: unmapped, with the text that was replaced, and out of QEMU's hands if they had areas of CPUs. */
#include "ultravisor/calls/share.h"

#include "abi/hcalls.h"
#include "abi/pef.h"
#include "abi/power.h"
#include "lib/endian.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/calls/vpa.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/options.h"

#define GUEST  (4UL << 20)
#define SERVER 8UL	/* of the second CPU */

static struct {
	uint64_t function, server, gpa;
} heard[8];
static unsigned int hears;
static int64_t qemu_says;

static int64_t qemu(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	(void)out;
	assert_int_equal(number, H_REGISTER_VPA);
	assert_true(hears < sizeof(heard) / sizeof(heard[0]));
	heard[hears].function = in[0] >> H_VPA_FUNC_SHIFT;
	heard[hears].server = in[1];
	heard[hears++].gpa = in[2];
	return qemu_says;
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	fake_uv_reset(GUEST);
	fake.hcall = qemu;
	hears = 0;
	qemu_says = H_SUCCESS;
	platform.cpus = 2;
	platform.server[1] = SERVER;
	for (uint64_t gfn = 1; gfn < pages.count; gfn++) {
		pages_touch(&pages, gfn);
		pages_secure(&pages, gfn, false);
	}
	platform.secure = vcpus[0].secure = true;
	return 0;
}

static int64_t change(int64_t (*call)(struct vcpu *vcpu), uint64_t gfn, uint64_t count)
{
	GPR(&vcpus[0], 4) = gfn;
	GPR(&vcpus[0], 5) = count;
	return call(&vcpus[0]);
}

/* All that is shared, up to the last frame, and nothing else. */
static void test_unshare_all(void **state)
{
	const uint64_t last = pages.count - 1;

	(void)state;
	assert_int_equal(change(uv_share_page, 1, 2), U_SUCCESS);
	assert_int_equal(change(uv_share_page, last, 1), U_SUCCESS);
	assert_int_equal(pages_get(&pages, last), PAGE_SHARED);
	assert_int_equal(uv_unshare_all_pages(&vcpus[0]), U_SUCCESS);
	for (uint64_t gfn = 1; gfn < pages.count; gfn++)
		assert_int_equal(pages_get(&pages, gfn), gfn < 3 || gfn == last ? PAGE_ZERO : PAGE_SECURE);
}

static unsigned int mapped(uint64_t gfn)
{
	unsigned int count = 0;

	for (uint64_t gpa = gfn * FRAME_SIZE; gpa < (gfn + 1) * FRAME_SIZE; gpa += SMALL_PAGE)
		count += *radix_leaf(gpa, false) != 0;
	return count;
}

static void test_unmapped(void **state)
{
	const uint64_t gfn = 20, gpa = gfn * FRAME_SIZE;
	uint8_t word[4];
	uint32_t rt;
	bool little;

	(void)state;
	be32_store(word, INSN_SC_2);
	assert_true(guest_write(gpa + 0x1010, word, sizeof(word)));
	memory_map_around(gpa);
	exec_fetch(gpa + 0x1010, false);
	assert_int_equal(exec_lookup(gpa + 0x1010, &rt, &little), EXEC_SC2);
	assert_int_equal(mapped(gfn), FRAME_SIZE / SMALL_PAGE);
	assert_int_equal(change(uv_share_page, gfn, 1), U_SUCCESS);
	assert_int_equal(mapped(gfn), 0);
	assert_int_equal(mapped(gfn - 1), FRAME_SIZE / SMALL_PAGE);
	assert_int_equal(mapped(gfn + 1), FRAME_SIZE / SMALL_PAGE);
	assert_int_equal(exec_lookup(gpa + 0x1010, &rt, &little), EXEC_NONE);
	assert_int_equal(fake_uv_replaced(), 0);
}

static bool left;

/* The second CPU leaves the guest; until then it may write to where the page was. */
static void leave(void)
{
	uint8_t *at = real(30 * FRAME_SIZE);

	if (!vcpus[1].in_guest)
		return;
	*at = 0x5a;
	left = true;
	vcpus[1].in_guest = false;
}

/* Pages that change sides are zeroed when no CPU has its old translations any more. */
static void test_other_cpus(void **state)
{
	const uint8_t *at = real(30 * FRAME_SIZE);

	(void)state;
	for (int unshare = 0; unshare < 2; unshare++) {
		left = false;
		vcpus[1].in_guest = true;
		fake.on_time = leave;
		assert_int_equal(change(unshare ? uv_unshare_page : uv_share_page, 30, 1), U_SUCCESS);
		assert_true(left);
		assert_int_equal(*at, 0);
	}
}

static int64_t register_area(uint64_t function, uint64_t gpa)
{
	uint64_t r[9] = { function << H_VPA_FUNC_SHIFT, SERVER, gpa };
	uint8_t size[4];

	be32_store(size, function == H_VPA_REG_VPA ? 640 << 16 : 640);
	if (gpa)
		assert_true(guest_write(gpa + 4, size, sizeof(size)));
	return serve_register_vpa(&vcpus[0], r);
}

static void check_heard(unsigned int at, uint64_t function, uint64_t gpa)
{
	assert_true(at < hears);
	assert_int_equal(heard[at].function, function);
	assert_int_equal(heard[at].server, SERVER);
	assert_int_equal(heard[at].gpa, gpa);
}

static void register_all(void)
{
	hears = 0;
	assert_int_equal(change(uv_share_page, 30, 3), U_SUCCESS);
	for (uint64_t function = H_VPA_REG_VPA; function <= H_VPA_REG_SLB; function++) {
		uint64_t gpa = (29 + function) * FRAME_SIZE;

		assert_int_equal(register_area(function, gpa), H_SUCCESS);
		check_heard((unsigned int)function - 1, function, gpa);
	}
	assert_int_equal(hears, 3);
	hears = 0;
}

/* Of an area whose page is taken back QEMU hears before; of all of its CPU, the VPA last, and once. */
static void test_areas_are_taken_back(void **state)
{
	(void)state;
	for (uint64_t gfn = 30; gfn < 33; gfn++) {
		register_all();
		assert_int_equal(change(uv_unshare_page, gfn, 1), U_SUCCESS);
		assert_int_equal(hears, 3);
		check_heard(0, H_VPA_DEREG_SLB, 0);
		check_heard(1, H_VPA_DEREG_DTL, 0);
		check_heard(2, H_VPA_DEREG_VPA, 0);
		assert_int_equal(uv_unshare_all_pages(&vcpus[0]), U_SUCCESS);
		assert_int_equal(hears, 3);
	}
}

/* What QEMU does not have, nobody takes back: by the guest's own call, or since it refused. */
static void test_areas_that_are_not_there(void **state)
{
	(void)state;
	register_all();
	assert_int_equal(register_area(H_VPA_DEREG_SLB, 0), H_SUCCESS);
	check_heard(0, H_VPA_DEREG_SLB, 0);
	assert_int_equal(register_area(H_VPA_DEREG_DTL, GUEST / 2), H_SUCCESS);
	check_heard(1, H_VPA_DEREG_DTL, 0);		/* without an address */
	hears = 0;
	assert_int_equal(change(uv_unshare_page, 31, 2), U_SUCCESS);
	assert_int_equal(hears, 0);
	assert_int_equal(change(uv_unshare_page, 30, 1), U_SUCCESS);
	assert_int_equal(hears, 3);

	hears = 0;
	assert_int_equal(change(uv_share_page, 40, 1), U_SUCCESS);
	qemu_says = H_RESOURCE;
	assert_int_equal(register_area(H_VPA_REG_VPA, 40 * FRAME_SIZE), H_RESOURCE);
	qemu_says = H_SUCCESS;
	assert_int_equal(change(uv_unshare_page, 40, 1), U_SUCCESS);
	assert_int_equal(hears, 1);
	/* nor what lies in memory that is not shared, or belongs to no CPU */
	assert_int_equal(register_area(H_VPA_REG_VPA, 41 * FRAME_SIZE), H_SUCCESS);
	platform.server[1] = SERVER + 1;
	assert_int_equal(register_area(H_VPA_REG_VPA, 41 * FRAME_SIZE), H_PARAMETER);
	assert_int_equal(hears, 1);
}

#define CASE(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_unshare_all), CASE(test_unmapped), CASE(test_other_cpus),
		CASE(test_areas_are_taken_back), CASE(test_areas_that_are_not_there),
	};

	return RUN(tests);
}
