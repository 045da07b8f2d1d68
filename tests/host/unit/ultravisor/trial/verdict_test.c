// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/trial/verdict: the line is whole, however often the guest has called. */
#include "abi/hcalls.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/trial/options.h"
#include "ultravisor/trial/stats.h"
#include "ultravisor/trial/verdict.h"

/* Every ultracall 99,999,999 times, and a nonce as long as it may be */
static void test_long(void **state)
{
	char call[32];

	(void)state;
	fake_uv_reset(4UL << 20);
	memset(&stats, 0, sizeof(stats));
	memset(uv_options.nonce, 'n', sizeof(uv_options.nonce) - 1);
	for (uint64_t number = UV_FIRST; number <= UV_LAST; number += 4)
		stats.uvcalls[(number - UV_FIRST) / 4] = 99999999;
	verdict_print();
	for (uint64_t number = UV_FIRST; number <= UV_LAST; number += 4) {
		snprintf(call, sizeof(call), "0x%lx:99999999%s", number, number == UV_LAST ? " " : ",");
		assert_non_null(strstr(fake.console, call));
	}
	assert_non_null(strstr(fake.console, " nonce=nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\r\n"));
}

static void test_none(void **state)
{
	(void)state;
	fake_uv_reset(4UL << 20);
	memset(&stats, 0, sizeof(stats));
	verdict_print();
	assert_non_null(strstr(fake.console, " uvcalls=none\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_long), TEST(test_none) };

	return RUN(tests);
}
