// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/mmio.h"

#include "abi/papr.h"
#include "tests/host/unit/test.h"

static uint64_t last[4];

static int64_t hypervisor(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	last[0] = number;
	memcpy(last + 1, in, 24);
	if (number == H_LOGICAL_CI_LOAD)
		out[0] = in[0] == 4 ? 0x11223344 : in[0] == 2 ? 0x1122 : 0x11;
	return in[1] == 0xbad ? H_PARAMETER : H_SUCCESS;
}

/* The hypervisor loads big-endian; devices are little-endian. */
static void test_read(void **state)
{
	(void)state;
	fake.hcall = hypervisor;
	assert_int_equal(mmio_read(0x1000, 4), 0x44332211);
	assert_int_equal(mmio_read(0x1000, 2), 0x2211);
	assert_int_equal(mmio_read(0x1000, 1), 0x11);
	assert_int_equal(last[0], H_LOGICAL_CI_LOAD);
	assert_int_equal(last[1], 1);
	assert_int_equal(last[2], 0x1000);
	assert_int_equal(mmio_read(0xbad, 4), 0xffffffff);
	assert_int_equal(mmio_read(0xbad, 2), 0xffff);
	assert_int_equal(mmio_read(0xbad, 1), 0xff);
}

static void test_write(void **state)
{
	(void)state;
	fake.hcall = hypervisor;
	mmio_write(0x2000, 4, 0x44332211);
	assert_int_equal(last[0], H_LOGICAL_CI_STORE);
	assert_int_equal(last[3], 0x11223344);
	mmio_write(0x2000, 2, 0x2211);
	assert_int_equal(last[3], 0x1122);
	mmio_write(0x2000, 1, 0x11);
	assert_int_equal(last[1], 1);
	assert_int_equal(last[3], 0x11);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_read), TEST(test_write) };

	return RUN(tests);
}
