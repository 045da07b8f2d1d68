// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/console.h"

#include "abi/papr.h"
#include "tests/host/unit/test.h"

static void says(const char *text, const char *want)
{
	fake_reset();
	console_write(text, strlen(text));
	assert_string_equal(fake.console, want);
}

static void test_lines(void **state)
{
	(void)state;
	says("", "");
	says("a\n", "a\r\n");
	says("\n\n", "\r\n\r\n");
	says("exactly sixteen!", "exactly sixteen!");
	says("exactly fifteen\n", "exactly fifteen\r\n");
	says("more than sixteen bytes\nand another line\n",
	     "more than sixteen bytes\r\nand another line\r\n");
}

/* Newlines at every place of a chunk. */
static void test_chunks(void **state)
{
	char text[64], want[130];

	(void)state;
	for (size_t newline = 0; newline < 40; newline++) {
		memset(text, 'x', sizeof(text));
		text[40] = '\0';
		text[newline] = '\n';
		snprintf(want, sizeof(want), "%.*s\r\n%s", (int)newline, text, text + newline + 1);
		says(text, want);
	}
}

static uint64_t term;
static int busy, tries;		/* calls that are answered H_BUSY, and all calls */

static int64_t put(const uint64_t in[9])
{
	term = in[0];
	tries++;
	return busy-- > 0 ? H_BUSY : H_SUCCESS;
}

/* A busy terminal is tried again, and given up in the end: no hang. */
static void test_busy(void **state)
{
	(void)state;
	fake.put_term_char = put;
	busy = 3;
	tries = 0;
	console_select(0x71000001);
	console_write("x", 1);
	assert_int_equal(tries, 4);
	assert_int_equal(term, 0x71000001);
	busy = 1 << 30;
	tries = 0;
	console_write("x", 1);
	assert_int_equal(tries, 1000000);
	console_select(0);
}

/* One call for 16 bytes, none for nothing. */
static void test_calls(void **state)
{
	static const struct {
		const char *text;
		int calls;
	} cases[] = {
		{ "", 0 }, { "x", 1 }, { "exactly sixteen!", 1 }, { "exactly sixteen!x", 2 }, { "exactly fourte\n", 1 },
		{ "exactly fifteen\n", 2 }, { "exactly sixteen!\n", 2 },
	};

	(void)state;
	fake.put_term_char = put;
	busy = 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tries = 0;
		console_write(cases[i].text, strlen(cases[i].text));
		assert_int_equal(tries, cases[i].calls);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_lines), TEST(test_chunks), TEST(test_busy), TEST(test_calls) };

	return RUN(tests);
}
