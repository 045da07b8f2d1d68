/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each unit test includes first: cmocka and what it wants before it, and the seams. */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#undef fail	/* lib/fail.h has one, too */
#undef fail_msg
#define fail_msg(...) do { print_error("ERROR: " __VA_ARGS__); print_error("\n"); _fail(__FILE__, __LINE__); } while (0)

#include "tests/host/fake/fake.h"

/* A test that starts with fresh seams. */
static inline int fresh(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)
#define RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)

/* How often what costs milliseconds is tried: @all, or so many of a hundred as $TURNS_PERCENT says (tests/mutate). */
static inline int turns(int all)
{
	const char *percent = getenv("TURNS_PERCENT");

	return percent ? all * atoi(percent) / 100 : all;
}

/* Numbers that look random and are the same at each run (xorshift, Marsaglia 2003). */
static inline uint64_t draw(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

#endif /* TESTS_UNIT_TEST_H */
