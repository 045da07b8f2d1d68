// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/names.h"

#include "abi/papr.h"
#include "abi/pef.h"
#include "tests/host/unit/test.h"

/* Where one number has two meanings, the caller says which book to look in. */
static void test_names(void **state)
{
	(void)state;
	assert_string_equal(h_name(H_PARAMETER), "H_PARAMETER");
	assert_string_equal(h_name(-5), "H_BAD_MODE");
	assert_string_equal(u_name(-5), "U_RETRY");
	assert_string_equal(h_name(-59), "H_P6");
	assert_string_equal(u_name(-59), "U_BAD_MODE");
	assert_string_equal(u_name(U_P2), "U_P2");
	assert_string_equal(uv_name(UV_ESM), "UV_ESM");
	assert_string_equal(h_name(12345), "?");
	assert_string_equal(u_name(INT64_MIN), "?");
	assert_string_equal(uv_name(0), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_names) };

	return RUN(tests);
}
