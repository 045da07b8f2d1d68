// SPDX-License-Identifier: GPL-2.0-or-later
/* lib/rtas.c itself (the Makefile links it before the fake). */
#include "lib/rtas.h"
#include "lib/rtas_blob.h"

#include "abi/papr.h"
#include "lib/endian.h"
#include "tests/host/unit/test.h"

static int64_t answer;
static uint32_t seen[8], status, results[16];
static bool writes;

static int64_t rtas(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	uint8_t *block = (uint8_t *)in[0];
	uint32_t nargs = be32_load(block + 4), nrets = be32_load(block + 8);

	(void)out;
	assert_int_equal(number, KVMPPC_H_RTAS);
	for (uint32_t i = 0; i < 8 && i < 3 + nargs; i++)
		seen[i] = be32_load(block + 4 * i);
	for (uint32_t i = 0; writes && i < nrets; i++)
		be32_store(block + 12 + 4 * (nargs + i), i ? results[i] : status);
	return answer;
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	fake.hcall = rtas;
	answer = H_SUCCESS;
	writes = true;
	status = 0;
	return 0;
}

static void test_call(void **state)
{
	const uint32_t args[] = { 0x11, 0x22 };
	uint32_t rets[2] = { 0 };

	(void)state;
	results[1] = 0xabcd;
	results[2] = 0xffffffff;
	assert_int_equal(rtas_call(0x2003, args, 2, rets, 3), RTAS_SUCCESS);
	assert_int_equal(seen[0], 0x2003);
	assert_int_equal(seen[1], 2);
	assert_int_equal(seen[2], 3);
	assert_int_equal(seen[3], 0x11);
	assert_int_equal(seen[4], 0x22);
	assert_int_equal(rets[0], 0xabcd);
	assert_int_equal(rets[1], 0xffffffff);
	assert_int_equal(rtas_call(1, args, 2, NULL, 3), RTAS_SUCCESS);
}

static void test_failures(void **state)
{
	(void)state;
	status = (uint32_t)RTAS_PARAMETER;
	assert_int_equal(rtas_call(1, NULL, 0, NULL, 1), RTAS_PARAMETER);
	status = (uint32_t)RTAS_BUSY;
	assert_int_equal(rtas_call(1, NULL, 0, NULL, 1), RTAS_BUSY);
	writes = false;		/* a hypervisor that says yes and does nothing */
	assert_int_equal(rtas_call(1, NULL, 0, NULL, 1), RTAS_HARDWARE_ERROR);
	writes = true;
	status = 0;
	answer = H_PARAMETER;
	assert_int_equal(rtas_call(1, NULL, 0, NULL, 1), RTAS_HARDWARE_ERROR);
}

/* Too many cells are not passed on. */
static void test_limits(void **state)
{
	uint32_t cells[RTAS_ARGS_MAX + 1] = { 0 };

	(void)state;
	fake.hcall = NULL;
	assert_int_equal(rtas_call(1, cells, RTAS_ARGS_MAX, NULL, 1), RTAS_PARAMETER);
	assert_int_equal(rtas_call(1, cells, RTAS_ARGS_MAX + 1, NULL, 1), RTAS_PARAMETER);
	assert_int_equal(rtas_call(1, cells, 1, NULL, 0), RTAS_PARAMETER);
	assert_int_equal(rtas_call(1, cells, 1, NULL, UINT32_MAX), RTAS_PARAMETER);
	assert_int_equal(rtas_call(1, cells, RTAS_ARGS_MAX - 1, NULL, 1), RTAS_HARDWARE_ERROR);
}

/* The five instructions, in the order of bytes in which the CPU reads them. */
static void test_blob(void **state)
{
	static const uint32_t want[] = { 0x7c641b78, 0x3c600000, 0x6063f000, 0x44000022, 0x4e800020 };

	(void)state;
	assert_int_equal(RTAS_BLOB_WORDS, 5);
	assert_memory_equal(rtas_blob, want, sizeof(want));
}

#define T(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = { T(test_call), T(test_failures), T(test_limits), T(test_blob) };

	return RUN(tests);
}
