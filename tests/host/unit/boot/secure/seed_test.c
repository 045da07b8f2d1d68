// SPDX-License-Identifier: GPL-2.0-or-later
/* The seed of the kernel is the CPU's random numbers, or there is none. */
#include "boot/secure/seed.h"

#include "lib/endian.h"
#include "lib/log.h"
#include "lib/string.h"
#include "tests/host/unit/test.h"

static uint8_t seed[SEED_SIZE + 1];

static int start(void **state)
{
	(void)state;
	fake_reset();
	log_init("pefboot", 512000000);
	memset(seed, 0xa5, sizeof(seed));
	return 0;
}

static void test_seed(void **state)
{
	(void)state;
	fake.darn = 0x0123456789abcdef;
	assert_true(seed_make(seed));
	for (int i = 0; i < SEED_SIZE; i += 8)
		assert_int_equal(be64_load(seed + i), 0x0123456789abcdef);
	assert_int_equal(seed[SEED_SIZE], 0xa5);
	assert_string_equal(fake.console, "");
	secure_zero(seed, SEED_SIZE);
	for (int i = 0; i < SEED_SIZE; i++)
		assert_int_equal(seed[i], 0);
	assert_int_equal(seed[SEED_SIZE], 0xa5);
}

/* Ten attempts for each word; then none, and the log says so. */
static void test_attempts(void **state)
{
	(void)state;
	fake.darn = 7;
	fake.darn_failures = 9;
	assert_true(seed_make(seed));
	assert_int_equal(be64_load(seed), 7);
	fake.darn_failures = 10;
	assert_false(seed_make(seed));
	assert_int_equal(fake.darn_failures, 0);
	assert_non_null(strstr(fake.console, "gives no random numbers"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_seed, start), cmocka_unit_test_setup(test_attempts, start),
	};

	return RUN(tests);
}
