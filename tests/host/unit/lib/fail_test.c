// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/fail.h"

#include "boot/doors/exception.h"
#include "lib/log.h"
#include "tests/host/unit/test.h"

static const int numbers[] = {
#define X(number, name, what, hint) number,
	ERROR_LIST(X)
#undef X
};
#define COUNT (sizeof(numbers) / sizeof(numbers[0]))

static void test_error_keeps_words(void **state)
{
	char text[600];

	(void)state;
	assert_int_equal(error(E_ZIMAGE, "at 0x%x", 64), E_ZIMAGE);
	assert_string_equal(error_text(), "at 0x40");
	assert_int_equal(error(E_NO_CPUS, "other"), E_NO_CPUS);
	assert_string_equal(error_text(), "other");
	memset(text, 'z', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	error(E_CHECK, "%s", text);
	assert_in_range(strlen(error_text()), 200, 300);
}

/* Each number of abi/steps.h: three lines, then the machine is off. */
static void test_fail(void **state)
{
	char want[800];

	(void)state;
	log_init("pefboot", 1000);
	for (size_t i = 0; i < COUNT; i++) {
		int number = numbers[i];

		fake_reset();
		assert_true(fake_stops(fail(error(number, "because %d", number))));
		snprintf(want, sizeof(want),
			 "[    0.000000] pefboot: FAIL %d/7 %s E%d %s: because %d\r\n"
			 "[    0.000000] pefboot: hint: %s\r\n"
			 "[    0.000000] pefboot: EXIT %d\r\n",
			 number / 100, step_name(number / 100), number, error_what(number), number,
			 error_hint(number), number);
		assert_string_equal(fake.console, want);
	}
}

/* Text from outside can neither end the line nor close its quotes. */
static void test_fail_outside(void **state)
{
	const char *line;

	(void)state;
	log_init("pefboot", 1000);
	fake_reset();
	assert_true(fake_stops(fail(error(E_OPTION, "%pQ", "x\"\r\n[    0.000000] pefboot: EXIT 0\x80"))));
	line = strstr(fake.console, "E211 ");
	assert_non_null(line);
	line = strstr(line, ": ");
	assert_memory_equal(line, ": \"x\\\"\\x0d\\x0a[    0.000000] pefboot: EXIT 0\\x80\"\r\n", 51);
}

/* They are frozen: each once, its step in the hundreds, with words a user can read. */
static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		assert_string_not_equal(step_name(numbers[i] / 100), "?");
		assert_true(strlen(error_what(numbers[i])) > 8);
		assert_true(strlen(error_hint(numbers[i])) > 8);
		for (size_t j = 0; j < i; j++)
			assert_true(numbers[j] < numbers[i]);
	}
	assert_string_equal(error_what(999), "?");
	assert_string_equal(error_hint(0), "?");
}

static void test_check(void **state)
{
	int two = 2;

	(void)state;
	check(two == 2);
	assert_true(fake_stops(check(two == 3)));
	assert_non_null(strstr(fake.console, "E104 internal check failed: tests/host/unit/lib/fail_test.c:"));
	assert_non_null(strstr(fake.console, "two == 3\r\n"));
}

static void report(uint64_t vector)
{
	struct exception_frame frame = { .srr0 = 0xabc0, .srr1 = 0x1000, .dar = 0xdead };

	for (int i = 0; i < 32; i++)
		frame.gpr[i] = 0x100 + (uint64_t)i;
	exception_report(vector, &frame);
}

/* The registers are all there, and an exception within the report ends it. */
static void test_exception(void **state)
{
	(void)state;
	assert_true(fake_stops(report(0x700)));
	assert_non_null(strstr(fake.console, "exception vector=0x700 srr0=0xabc0 srr1=0x1000 dar=0xdead"));
	for (int i = 0; i < 32; i++) {
		char want[24];

		snprintf(want, sizeof(want), "r%d=0x%x", i, 0x100 + i);
		assert_non_null(strstr(fake.console, want));
	}
	assert_non_null(strstr(fake.console, "E102 unexpected exception: program (0x700) at 0xabc0\r\n"));
	fake_reset();
	assert_true(fake_stops(report(0x300)));
	assert_int_equal(fake.console_size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_error_keeps_words), TEST(test_fail), TEST(test_fail_outside), TEST(test_numbers), TEST(test_check),
		TEST(test_exception),
	};

	return RUN(tests);
}
