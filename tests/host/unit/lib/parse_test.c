// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/parse.h"

#include "tests/host/unit/test.h"

static const struct {
	const char *text;
	unsigned int base;
	bool good;
	uint64_t value;
	size_t read;
} numbers[] = {
	{ "0", 10, true, 0, 1 },
	{ "0012x", 10, true, 12, 4 },
	{ "12a", 10, true, 12, 2 },
	{ "12a", 16, true, 0x12a, 3 },
	{ "71000000:9600", 16, true, 0x71000000, 8 },
	{ "", 10, false, 0, 0 },
	{ "-1", 10, false, 0, 0 },
	{ ":", 16, false, 0, 0 },
	{ "?", 16, false, 0, 0 },
	{ "A", 16, false, 0, 0 },
	{ "g", 16, false, 0, 0 },
	{ "18446744073709551615", 10, true, UINT64_MAX, 20 },
	{ "18446744073709551616", 10, false, 0, 19 },
	{ "18446744073709551620", 10, false, 0, 19 },
	{ "ffffffffffffffff", 16, true, UINT64_MAX, 16 },
	{ "10000000000000000", 16, false, 0, 16 },
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const char *at = numbers[i].text;
		uint64_t value;

		print_message("%s\n", at);
		assert_int_equal(parse_number(&at, NULL, numbers[i].base, &value), numbers[i].good);
		assert_int_equal(at - numbers[i].text, numbers[i].read);
		if (numbers[i].good)
			assert_int_equal(value, numbers[i].value);
	}
}

/* Nothing is read at or after the end that was given. */
static void test_end(void **state)
{
	char *text = malloc(3);
	const char *at = text;
	uint64_t value;

	(void)state;
	memcpy(text, "123", 3);
	assert_true(parse_number(&at, text + 2, 10, &value));
	assert_int_equal(value, 12);
	assert_true(at == text + 2);
	at = text;
	assert_true(parse_number(&at, text + 3, 10, &value));
	assert_int_equal(value, 123);
	assert_false(parse_number(&at, text + 3, 10, &value));
	free(text);
}

static void test_any_number(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} cases[] = {
		{ "0", true, 0 }, { "10", true, 10 }, { "0x10", true, 16 }, { "0x", false, 0 },
		{ "x10", false, 0 }, { "0X10", true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *at = cases[i].text;
		uint64_t value;

		assert_int_equal(parse_any_number(&at, &value), cases[i].good);
		if (cases[i].good)
			assert_int_equal(value, cases[i].value);
	}
}

static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} cases[] = {
		{ "1", true, 1 }, { "2K", true, 2048 }, { "3M", true, 3 << 20 }, { "4G", true, 4UL << 30 },
		{ "17179869183G", true, 17179869183UL << 30 },
		{ "17179869184G", false, 0 },		/* 2^64 */
		{ "17179869185G", false, 0 },
		{ "K", false, 0 }, { "", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *at = cases[i].text;
		uint64_t value;

		assert_int_equal(parse_size(&at, &value), cases[i].good);
		if (cases[i].good) {
			assert_int_equal(value, cases[i].value);
			assert_int_equal(*at, '\0');
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_numbers), TEST(test_end), TEST(test_any_number), TEST(test_sizes),
	};

	return RUN(tests);
}
