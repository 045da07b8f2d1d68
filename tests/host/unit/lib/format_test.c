// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* Each conversion against the host's own printf. */
#define SAME(...)                                                       \
	do {                                                            \
		char ours[80], theirs[80];                              \
		size_t size = format(ours, sizeof(ours), __VA_ARGS__);  \
		int want = snprintf(theirs, sizeof(theirs), __VA_ARGS__); \
		assert_string_equal(ours, theirs);                      \
		assert_int_equal(size, want);                           \
	} while (0)

static void test_conversions(void **state)
{
	(void)state;
	SAME("plain");
	SAME("%d %d %d", 0, -1, 2147483647);
	SAME("%d", (int)-2147483648LL);
	SAME("%5d|%-5d|%05d|%05d", 42, 42, 42, -42);
	SAME("%u %x %08x", 4294967295U, 0xbeef, 0xbeef);
	SAME("%lu %lx %ld", 18446744073709551615UL, 0xdeadbeefcafeUL, -9223372036854775807L - 1);
	SAME("%zu", (size_t)12345678901UL);
	SAME("%s|%10s|%-10s|%.2s", "abc", "abc", "abc", "abc");
	SAME("%*d|%.*s", 7, 3, 1, "xyz");
	SAME("%c%c%%", 'o', 'k');
}

static void test_cut(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(format(out, sizeof(out), "%s", "0123456789"), 7);
	assert_string_equal(out, "0123456");
	assert_int_equal(format(out, 1, "x"), 0);
	assert_string_equal(out, "");
	assert_int_equal(format(NULL, 0, "x"), 0);
}

__attribute__((format(printf, 1, 0)))
static void quoted(const char *fmt, const char *text, const char *want)
{
	char out[120];

	assert_int_equal(format(out, sizeof(out), fmt, text), strlen(want));
	assert_string_equal(out, want);
}

/* Text from outside: one value, whatever it holds. */
static void test_outside(void **state)
{
	(void)state;
	quoted("%pQ", "pci@800000020000000", "\"pci@800000020000000\"");
	quoted("%pQ", "", "\"\"");
	quoted("%pQ", "a b", "\"a b\"");
	quoted("%pQ", "a\" prop=\"b", "\"a\\\" prop=\\\"b\"");
	quoted("%pQ", "a\\", "\"a\\\\\"");
	quoted("%pQ", "\t\r\n\x1b\x7f\x80\xff", "\"\\x09\\x0d\\x0a\\x1b\\x7f\\x80\\xff\"");
	quoted("%pQ", "\n[    0.000001] pefboot: EXIT 0", "\"\\x0a[    0.000001] pefboot: EXIT 0\"");
	quoted("%pQ", NULL, "\"(null)\"");
	quoted("%pQ rest", "a", "\"a\" rest");
	quoted("%pV", "/pci@800000020000000", "/pci@800000020000000");
	quoted("%pV", "a\\b", "a\\b");
	quoted("%pV", "", "\"\"");
	quoted("%pV", "a b", "\"a b\"");
	quoted("%pV", "a\"", "\"a\\\"\"");
	quoted("%pV", "\x80", "\"\\x80\"");
}

/* Cut, it still ends in its quote, and no escape is cut in two. */
static void test_outside_cut(void **state)
{
	static const char *const want[] = {
		"", "", "", "\"\"", "\"a\"", "\"a\"", "\"a\"", "\"a\"", "\"a\\x0a\"", "\"a\\x0a\"",
		"\"a\\x0a\\\"\"", "\"a\\x0a\\\"b\"", "\"a\\x0a\\\"b\"",
	};
	char out[20];

	(void)state;
	for (size_t size = 1; size < sizeof(want) / sizeof(want[0]); size++) {
		format(out, size, "%pQ", "a\n\"b");
		assert_string_equal(out, want[size]);
	}
}

static void test_hex(void **state)
{
	char out[] = "xxxxxxxxx";

	(void)state;
	format_hex(out, "\x00\x7f\xa0", 3);
	assert_string_equal(out, "007fa0");
	assert_int_equal(out[HEX_SIZE(3)], 'x');
	format_hex(out, "", 0);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversions),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_outside_cut),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
