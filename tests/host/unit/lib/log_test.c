// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/log.h"

#include "tests/host/unit/test.h"

#define HZ 1000

/* All that was printed since the last look. */
static const char *printed(void)
{
	static char text[sizeof(fake.console)];

	memcpy(text, fake.console, fake.console_size);
	text[fake.console_size] = '\0';
	fake.console_size = 0;
	return text;
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	log_init("pefboot", HZ);
	log_set_level(LOG_NOTICE);
	return 0;
}

static void test_shape(void **state)
{
	(void)state;
	fake.timebase = 12345;
	log_notice("words and key=%d", 7);
	assert_string_equal(printed(), "[   12.345000] pefboot: words and key=7\r\n");
	fake.timebase = 123456789UL * HZ + 1;
	log_notice("later");
	assert_string_equal(printed(), "[123456789.001000] pefboot: later\r\n");
	log_init("ultravisor", 0);	/* keeps the frequency */
	fake.timebase = 0;
	log_error("other");
	assert_string_equal(printed(), "[    0.000000] ultravisor: other\r\n");
}

/* No time base value makes the fraction overflow or exceed its six digits. */
static void test_time(void **state)
{
	unsigned long seconds, micros;
	uint64_t seed = 5;

	(void)state;
	for (int turn = 0; turn < 2000; turn++) {
		uint32_t hz = 1 + (uint32_t)draw(&seed);
		uint64_t now = draw(&seed) >> draw(&seed) % 64;

		log_init("pefboot", hz ? hz : 1);
		fake.timebase = now;
		log_notice("x");
		assert_int_equal(sscanf(printed(), "[%lu.%6lu] pefboot: x", &seconds, &micros), 2);
		assert_int_equal(seconds, now / (hz ? hz : 1));
		assert_true(micros < 1000000);
	}
}

static void test_steps(void **state)
{
	(void)state;
	log_step(STEP_ENTRY, "door=%s", "bios");
	assert_string_equal(printed(), "[    0.000000] pefboot: 1/7 entry door=bios\r\n");
	log_step(STEP_HANDOFF, "%s", "");
	assert_string_equal(printed(), "[    0.000000] pefboot: 7/7 handoff \r\n");
	assert_string_equal(step_name(4), "transition");
	assert_string_equal(step_name(0), "?");
	assert_string_equal(step_name(8), "?");
}

static void test_levels(void **state)
{
	(void)state;
	for (int most = LOG_ERROR; most <= LOG_INFO; most++) {
		log_set_level((enum log_level)most);
		for (int i = LOG_ERROR; i <= LOG_INFO; i++) {
			log_line((enum log_level)i, "x");
			assert_int_equal(fake.console_size > 0, i <= most);
			assert_int_equal(log_enabled((enum log_level)i), i <= most);
			printed();
		}
		log_step(STEP_LOAD, "x");
		assert_int_equal(fake.console_size > 0, most >= LOG_NOTICE);
		printed();
	}
}

/* A line that is too long is cut, and ends. */
static void test_long(void **state)
{
	char text[2000];
	const char *line;

	(void)state;
	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_notice("%s", text);
	line = printed();
	assert_in_range(strlen(line), 400, 600);
	assert_string_equal(line + strlen(line) - 3, "y\r\n");
}

/* Text from outside is one value, and what was not escaped cannot end the line either. */
static void test_outside(void **state)
{
	(void)state;
	log_notice("tree=del node=%pQ prop=%pV", "a\"\n[    0.000001] pefboot: EXIT 0", "b c");
	assert_string_equal(printed(), "[    0.000000] pefboot: tree=del "
			    "node=\"a\\\"\\x0a[    0.000001] pefboot: EXIT 0\" prop=\"b c\"\r\n");
	log_notice("%s", "a\n[    0.000001] pefboot: EXIT 0\x80");
	assert_string_equal(printed(), "[    0.000000] pefboot: a?[    0.000001] pefboot: EXIT 0?\r\n");
}

#define T(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_shape), T(test_time), T(test_steps), T(test_levels), T(test_long), T(test_outside),
	};

	return RUN(tests);
}
