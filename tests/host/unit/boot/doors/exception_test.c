// SPDX-License-Identifier: GPL-2.0-or-later
/* An exception in the secure world. One in the normal world: tests/host/unit/lib/fail_test.c. */
#include "boot/doors/exception.h"

#include "lib/log.h"
#include "tests/host/unit/test.h"

extern uint8_t __start[];

static void report(uint64_t vector, uint64_t offset)
{
	exception_report_secure(vector, (uintptr_t)__start + offset);
}

/* The host reads the console: where it was is all that is said. */
static void test_secure(void **state)
{
	(void)state;
	log_init("pefboot", 512000000);
	assert_true(fake_stops(report(0x300, 0xabc0)));
	assert_non_null(strstr(fake.console, "exception vector=0x300 offset=0xabc0\r\n"));
	assert_non_null(strstr(fake.console, "E102 unexpected exception: "
					     "data storage (0x300) at offset 0xabc0 of pefboot\r\n"));
	assert_null(strstr(fake.console, "srr"));
	assert_null(strstr(fake.console, " r0="));
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_secure) };

	return RUN(tests);
}
