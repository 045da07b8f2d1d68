// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/measured/eventlog.h"

#include "abi/steps.h"
#include "abi/vtpm.h"
#include "lib/endian.h"
#include "lib/error.h"
#include "tests/host/unit/test.h"

#define ROOM 4096

static uint8_t memory[ROOM];

static void make(struct eventlog *log, uint32_t banks)
{
	struct digests digests = { { { 7 } } };

	assert_int_equal(eventlog_start(log, memory, ROOM, banks), 0);
	assert_int_equal(eventlog_add(log, 4, EV_SEPARATOR, &digests, "\0\0\0", 4), 0);
	assert_int_equal(eventlog_add(log, 9, EV_IPL, &digests, "kernel", 6), 0);
}

static void test_bytes(void **state)
{
	static const uint8_t first[] = "Spec ID Event03\0\0\0\0\0\0\2\2\2\1\0\0\0\xb\0\x20\0";
	struct eventlog log;

	(void)state;
	make(&log, 1 << BANK_SHA256);
	assert_int_equal(le32_load(memory + 4), EV_NO_ACTION);
	assert_int_equal(le32_load(memory + 28), sizeof(first));
	assert_memory_equal(memory + 32, first, sizeof(first));
	assert_int_equal(le32_load(memory + 32 + 33), 4);	/* PCR of the next */
	assert_int_equal(log.size, 32 + 33 + 2 * (8 + 4 + 2 + 32 + 4) + 10);
	assert_int_equal(log.events, 2);
}

static void test_continue(void **state)
{
	struct digests digests = { { { 9 } } };
	struct eventlog log, again;

	(void)state;
	for (uint32_t banks = 1; banks < 16; banks++) {
		make(&log, banks);
		assert_int_equal(eventlog_continue(&again, memory, ROOM), 0);
		assert_int_equal(again.size, log.size);
		assert_int_equal(again.banks, banks);
		assert_int_equal(again.events, 2);
		assert_int_equal(again.separated, 1 << 4);
		assert_int_equal(eventlog_add(&again, 9, EV_IPL, &digests, "initrd", 6), 0);
	}
	le32_store(memory + log.size + 12, 4);		/* no digests: no event, whatever else is there */
	le32_store(memory + log.size + 8, 0);
	assert_int_equal(eventlog_continue(&again, memory, ROOM), 0);
	assert_int_equal(again.events, 2);
	assert_int_equal(eventlog_continue(&again, memory, log.size), 0);	/* nothing follows */
	assert_int_equal(eventlog_continue(&again, memory, log.size - 1), E_TPM_LOG);
}

/* There is always room behind the last event, which Linux would not show otherwise. */
static void test_full(void **state)
{
	struct digests digests = { 0 };
	struct eventlog log;
	int rc = 0;

	(void)state;
	assert_int_equal(eventlog_start(&log, memory, 64, 15), E_TPM_LOG);
	assert_int_equal(eventlog_start(&log, memory, 76, 15), E_TPM_LOG);
	assert_int_equal(eventlog_start(&log, memory, 77, 15), 0);	/* the first event of all banks */
	assert_int_equal(log.size, 77);
	make(&log, 15);
	while (rc == 0)
		rc = eventlog_add(&log, 9, EV_IPL, &digests, "some text", 9);
	assert_int_equal(rc, E_TPM_LOG);
	assert_true(log.size < log.room);
	assert_int_equal(eventlog_add(&log, 9, EV_IPL, &digests, "", UINT32_MAX), E_TPM_LOG);
	assert_int_equal(eventlog_continue(&log, memory, ROOM), 0);
}

static void test_malformed(void **state)
{
	static const struct {
		uint32_t at, value;
	} cases[] = {
		{ 32, 0 }, { 28, 27 }, { 28, 5000 }, { 28, UINT32_MAX }, { 56, 5 }, { 56, 0 }, { 56, UINT32_MAX },
		{ 60, 0x00200012 }, { 77 + 8, UINT32_MAX }, { 77 + 12, 0x12 }, { 77 + 16 + 170, UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct eventlog log;

		make(&log, 15);
		le32_store(memory + cases[i].at, cases[i].value);
		assert_int_equal(eventlog_continue(&log, memory, ROOM), E_TPM_LOG);
	}
}

/* A first event that ends within its list of banks; what follows would do. */
static void test_short_list(void **state)
{
	struct eventlog log;

	(void)state;
	for (uint32_t size = 24; size <= 33; size++) {
		assert_int_equal(eventlog_start(&log, memory, ROOM, 1 << BANK_SHA256), 0);
		le32_store(memory + 28, size);
		assert_int_equal(eventlog_continue(&log, memory, ROOM), size < 32 ? E_TPM_LOG : 0);
	}
}

/* "boot without the firmware or loader that made it": then there is none, and one is begun. */
static void test_hints_426(void **state)
{
	struct eventlog log;

	(void)state;
	make(&log, 15);
	le32_store(memory + 32, 0);
	assert_int_equal(eventlog_continue(&log, memory, ROOM), 426);
	assert_non_null(strstr(error_hint(426), "boot without the firmware or loader that made it, or give the guest more memory"));
	make(&log, 15);
	assert_int_equal(eventlog_continue(&log, memory, ROOM), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bytes), TEST(test_continue), TEST(test_full), TEST(test_malformed), TEST(test_short_list), TEST(test_hints_426),
	};

	return RUN(tests);
}
