// SPDX-License-Identifier: GPL-2.0-or-later
/* lib/stop.c itself (the Makefile links it before the fake). */
#include "lib/stop.h"

#include "abi/papr.h"
#include "lib/rtas.h"
#include "tests/host/unit/test.h"

static uint32_t token;
static int calls, cedes;

static int power_off(uint32_t number, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	(void)rets;
	token = number;
	calls++;
	assert_int_equal(nargs, 2);
	assert_int_equal(nrets, 1);
	assert_int_equal(args[0], 0xffffffff);
	return RTAS_HARDWARE_ERROR;
}

/* stop() waits for ever; three turns are enough here. */
static int64_t cede(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	(void)in;
	(void)out;
	assert_int_equal(number, H_CEDE);
	if (++cedes == 3)
		fake_leave();
	return H_SUCCESS;
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	fake.rtas = power_off;
	fake.hcall = cede;
	calls = cedes = 0;
	return 0;
}

static void test_stop(void **state)
{
	(void)state;
	fake_stops(stop());
	assert_int_equal(calls, 1);
	assert_int_equal(token, 0x2003);	/* QEMU's, until the tree names another */
	assert_int_equal(cedes, 3);
	stop_set_power_off(0x77);
	cedes = 0;
	fake_stops(stop());
	assert_int_equal(token, 0x77);
}

/* After this one there is no way back: it is the last. */
static void test_hold(void **state)
{
	(void)state;
	stop_hold();
	fake_stops(stop());
	assert_int_equal(calls, 0);
	assert_int_equal(cedes, 3);
}

#define T(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = { T(test_stop), T(test_hold) };

	return RUN(tests);
}
