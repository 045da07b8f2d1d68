// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands, and the queue below them, with a TPM that does not always do what it should. */
#include "boot/measured/tpm2.h"

#include "abi/papr.h"
#include "abi/steps.h"
#include "abi/vtpm.h"
#include "lib/error.h"
#include "tests/host/fake/tpm.h"
#include "tests/host/unit/test.h"

static uint8_t memory[VTPM_MEMORY] __attribute__((aligned(4096)));

static int open_tpm(struct tpm2 *tpm)
{
	fake.timebase_step = 1 << 24;
	return vtpm_open(&tpm->vtpm, FAKE_TPM_UNIT, FAKE_TPM_LIOBN, memory);
}

static int all(void)
{
	struct digests digests = { { { 1 } } };
	struct tpm2 tpm;
	uint32_t banks = 0;
	bool started = false;
	int rc = open_tpm(&tpm);

	if (rc) {
		assert_false(fake_tpm.registered);
		assert_int_equal(fake_tpm.tce[0] | fake_tpm.tce[1], 0);
		return rc;
	}
	if ((rc = tpm2_start(&tpm, &started)) == 0 && (rc = tpm2_banks(&tpm, &banks)) == 0 &&
	    (rc = tpm2_extend(&tpm, 9, banks, &digests)) == 0)
		rc = tpm2_lock_platform(&tpm);
	assert_true(started || rc);
	vtpm_close(&tpm.vtpm);
	assert_int_equal(fake_tpm.tce[0] | fake_tpm.tce[1], 0);
	return rc;
}

static void test_good(void **state)
{
	(void)state;
	for (uint32_t banks = 1; banks < 16; banks++) {
		fake_tpm_reset(banks);
		assert_int_equal(all(), 0);
		assert_true(fake_tpm.started && fake_tpm.tested && fake_tpm.locked && !fake_tpm.registered);
		assert_int_equal(fake_tpm.extends, 1);
	}
}

static void test_started_already(void **state)
{
	struct tpm2 tpm;
	bool started = true;

	(void)state;
	fake_tpm_reset(15);
	fake_tpm.started = fake_tpm.registered = true;	/* by firmware that has left its queue */
	assert_int_equal(open_tpm(&tpm), 0);
	assert_int_equal(tpm2_start(&tpm, &started), 0);
	assert_false(started);
}

/* More messages than the queue has slots. */
static void test_queue_wraps(void **state)
{
	struct tpm2 tpm;
	uint32_t banks;
	bool started;

	(void)state;
	fake_tpm_reset(15);
	assert_int_equal(open_tpm(&tpm), 0);
	assert_int_equal(tpm2_start(&tpm, &started), 0);
	for (int i = 0; i < 600; i++)
		assert_int_equal(tpm2_banks(&tpm, &banks), 0);
	assert_int_equal(banks, 15);
}

static void test_refused(void **state)
{
	(void)state;
	fake_tpm_reset(15);
	fake_tpm.reg_code = H_FUNCTION;
	assert_int_equal(all(), E_TPM_QUEUE);
	assert_string_equal(error_text(), "H_REG_CRQ -> H_FUNCTION (-2)");
	assert_int_equal(fake_tpm.commands, 0);
	fake_tpm_reset(15);
	fake_tpm.send_code = H_CLOSED;
	assert_int_equal(all(), E_TPM_QUEUE);
}

static void test_silent_or_failing(void **state)
{
	(void)state;
	for (uint32_t after = 1; after < 8; after++) {	/* two of the queue's own */
		fake_tpm_reset(15);
		fake_tpm.silent_after = after;
		assert_int_equal(all(), E_TPM_TIMEOUT);
	}
	for (uint32_t after = 2; after < 8; after++) {
		fake_tpm_reset(15);
		fake_tpm.fails_after = after;
		assert_int_equal(all(), E_TPM_COMMAND);
	}
}

static void test_lies(void **state)
{
	static const struct fake_tpm lies[] = {
		{ .buffer_size = 1023 }, { .buffer_size = 4097 }, { .buffer_size = 0xffff },
		{ .reply_size = 9 }, { .reply_size = 513 }, { .reply_size = 0xffff }, { .reply_size = 12 },
		{ .answer_msg = 0x85 }, { .inner_size = 5 }, { .inner_size = UINT32_MAX },
		{ .extra_bank = 0x12 }, { .extra_bank = 0xb, .selection_bytes = 255 },
		{ .selection_bytes = 200 }, { .banks = 1 << BANKS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		fake_tpm_reset(0);
		fake_tpm = lies[i];
		fake_tpm.banks = lies[i].banks ? 0 : 15;
		assert_int_equal(all(), E_TPM_REPLY);
	}
}

/* Hints: a TPM that does what each asks for. */
static void hints(int number, const char *words)
{
	assert_int_equal(all(), number);
	assert_non_null(strstr(error_hint(number), words));
	fake_tpm_reset(15);
	assert_int_equal(all(), 0);
}

static void test_hints_422(void **state)
{
	(void)state;
	fake_tpm_reset(15);
	fake_tpm.reg_code = H_FUNCTION;
	hints(422, "an ultravisor refuses it to its guests");
}

static void test_hints_423(void **state)
{
	(void)state;
	fake_tpm_reset(15);
	fake_tpm.silent_after = 3;
	hints(423, "start both again");
}

static void test_hints_424(void **state)
{
	(void)state;
	fake_tpm_reset(15);
	fake_tpm.extra_bank = 0x12;
	hints(424, "use swtpm with SHA-1, SHA-256, SHA-384 or SHA-512 banks");
}

static void test_hints_425(void **state)
{
	(void)state;
	fake_tpm_reset(15);
	fake_tpm.fails_after = 3;
	hints(425, "start both again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good), TEST(test_started_already), TEST(test_queue_wraps), TEST(test_refused),
		TEST(test_silent_or_failing), TEST(test_lies),
		TEST(test_hints_422), TEST(test_hints_423), TEST(test_hints_424), TEST(test_hints_425),
	};

	return RUN(tests);
}
