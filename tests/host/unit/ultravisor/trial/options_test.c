// SPDX-License-Identifier: GPL-2.0-or-later
/* The ultravisor's options as docs/ultravisor.md has them, what they do to calls, and what is left of the text. */
#include "ultravisor/trial/options.h"

#include "abi/hcalls.h"
#include "abi/nested.h"
#include "abi/pef.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/trial/inject.h"
#include "ultravisor/trial/stats.h"

#define HEX16	"00112233445566778899aabbccddeeff"
#define HEX32	HEX16 HEX16
#define HEX64	HEX32 HEX32
#define NAME	"000b" HEX32	/* of a key in the TPM: SHA-256 and its digest */

static char rest[64];

static const char *parse(const char *text)
{
	memset(&uv_options, 0, sizeof(uv_options));
	return uv_options_parse(text, rest, sizeof(rest));
}

static void test_right(void **state)
{
	static const char *const right[] = {
		"uv.nonce=0", "uv.nonce=9aZz", "uv.nonce=azAZ0123456789azAZ0123456789azAZ", "uv.fail=UV_ESM:0",
		"uv.fail=0xf110:10000", "uv.fail=UV_ESM:-10000", "uv.fail=UV_ESM:U_BUSY@1", "uv.delay=UV_ESM:60000000",
		"uv.digest=1:" HEX64, "uv.off", "uv.off=1", "uv.msr=fast", "uv.codes=kept", "uv.esm=off", "uv.abort=commit", "uv.esm=enforce",
		"uv.abort=start",
		"uv.tpm=81000001::" NAME ":" HEX32 ":" HEX32, "uv.tpm=ffffffff:00:" NAME ":" HEX32 ":" HEX32,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		if (parse(right[i]))
			fail_msg("%s", right[i]);
}

static void test_wrong(void **state)
{
	static const char *const wrong[] = {
		"uv.nonce=", "uv.nonce=a-b", "uv.nonce=@", "uv.nonce=/", "uv.nonce=:", "uv.nonce=[",
		"uv.nonce=`", "uv.nonce={", "uv.nonce=azAZ0123456789azAZ0123456789azAZx", "uv.fail=UV_ESM",
		"uv.fail=UV_ESM:10001", "uv.fail=UV_ESM:-10001", "uv.fail=UV_ESM:", "uv.fail=UV_ESM:x",
		"uv.fail=UV_ESM:5@0", "uv.fail=UV_ESM:5@", "uv.fail=UV_ESM:5@1x", "uv.fail=UV_NONE:5",
		"uv.delay=UV_ESM:60000001", "uv.delay=UV_ESM", "uv.digest=0:" HEX64, "uv.digest=:" HEX64,
		"uv.digest=1:" HEX32, "uv.digest=1:" HEX64 "0", "uv.digest=1:" HEX64 "00", "uv.digest=1" HEX64,
		"uv.off=0", "uv.msr=slow", "uv.msr=", "uv.msr=test", "uv.msr=tests1", "uv.codes=", "uv.esm=on", "uv.abort=end", "uv.unknown", "uv.offx",
		"uv.key=1+0", "uv.firmware=1", "uv.tpm=0::" NAME ":" HEX32 ":" HEX32,
		"uv.tpm=100000000::" NAME ":" HEX32 ":" HEX32, "uv.tpm=81000001:0:" NAME ":" HEX32 ":" HEX32,
		"uv.tpm=81000001::" HEX32 ":" HEX32 ":" HEX32, "uv.tpm=81000001::" NAME ":" HEX32 ":" HEX16,
		"uv.tpm=81000001::" NAME ":" HEX16 ":" HEX32, "uv.tpm=81000001::" NAME ":" HEX32 ":" HEX32 "0",
		"uv.tpm=81000001::" NAME ":" HEX32, "uv.tpm=81000001::" NAME ":" HEX32 "." HEX32,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!parse(wrong[i]))
			fail_msg("%s", wrong[i]);
}

static void test_values(void **state)
{
	static const uint8_t bytes[4] = { 0x00, 0x11, 0x22, 0x33 };

	(void)state;
	assert_null(parse("uv.digest=0x123:" HEX64));
	assert_int_equal(uv_options.digest.size, 0x123);
	for (int i = 0; i < 64; i++)
		assert_int_equal(uv_options.digest.sha512[i], i % 16 * 0x11);
	/* zeros at the end of a password count for nothing: TPM 2.0 Part 1, 19.6.5 */
	assert_null(parse("uv.tpm=81000001:001122330000:" NAME ":" HEX32 ":" HEX16 HEX16));
	assert_int_equal(uv_options.tpm.handle, 0x81000001);
	assert_int_equal(uv_options.tpm.password_size, 4);
	assert_memory_equal(uv_options.tpm.password, bytes, 4);
	assert_null(parse("uv.tpm=81000001:0000:" NAME ":" HEX32 ":" HEX32));
	assert_int_equal(uv_options.tpm.password_size, 0);
	assert_true(uv_options.tpm.name[0] == 0 && uv_options.tpm.name[1] == 0x0b && uv_options.tpm.name[33] == 0xff);
	assert_true(uv_options.tpm.policy[0][31] == 0xff && uv_options.tpm.policy[1][1] == 0x11);
	assert_null(parse("uv.nonce=abc"));
	assert_string_equal(uv_options.nonce, "abc");
	assert_null(parse("uv.implicit=map uv.forget=off uv.codes=lost uv.esm=enforce uv.abort=start"));
	assert_true(uv_options.implicit_maps && uv_options.forget_off && uv_options.codes_lost);
	assert_true(uv_options.esm == ESM_ENFORCE && uv_options.abort == ABORT_START);
	assert_null(uv_options_parse("uv.implicit=end uv.forget=on uv.codes=kept uv.esm=off uv.abort=commit", rest,
				     sizeof(rest)));
	assert_false(uv_options.implicit_maps || uv_options.forget_off || uv_options.codes_lost);
	assert_true(uv_options.esm == ESM_OFF && uv_options.abort == ABORT_COMMIT);
	assert_null(parse("uv.fail=UV_ESM:-11@3"));
	assert_true(uv_options.fail.call == UV_ESM && uv_options.fail.code == -11 && uv_options.fail.nth == 3);
}

/* What is not for the ultravisor is the guest's, but for blanks between words. */
static void test_rest(void **state)
{
	static const struct { const char *text, *rest; } cases[] = {
		{ "", "" }, { "uv.off", "" }, { "a", "a" }, { " a  b ", "a b" }, { "one uv.off two uv.off three", "one two three" },
		{ "x=\"a uv.off  b\" c", "x=\"a uv.off  b\" c" }, { "xuv.off", "xuv.off" },
	};
	char small[8];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_null(parse(cases[i].text));
		assert_string_equal(rest, cases[i].rest);
	}
	assert_null(parse("uv.msr=fast"));
	assert_int_equal(uv_options.msr, EXEC_MSR_FAST);
	assert_null(parse("uv.msr=strict"));
	assert_int_equal(uv_options.msr, EXEC_MSR_STRICT);
	assert_null(parse("uv.msr=tests"));
	assert_int_equal(uv_options.msr, EXEC_MSR_TESTS);
	/* words that have no room are left out, as a whole */
	assert_null(uv_options_parse("abc defg hi", small, sizeof(small)));
	assert_string_equal(small, "abc hi");
	assert_string_equal(parse("a uv.what=1 b"), "uv.what=1");
}

/* What is refused is said, as far as there is room for it: 511 bytes. */
static void test_long(void **state)
{
	char text[600] = "uv.";

	(void)state;
	for (size_t size = 510; size < 514; size++) {
		const char *wrong;

		memset(text + 3, 'x', sizeof(text) - 3);
		text[size] = '\0';
		wrong = parse(text);
		assert_int_equal(strlen(wrong), size < 511 ? size : 511);
		assert_memory_equal(wrong, text, strlen(wrong));
	}
}

/* The call that was asked for, each time or once. */
static void test_inject(void **state)
{
	int64_t code = 7;

	(void)state;
	assert_null(parse(""));
	assert_false(inject_failure(UV_ESM, &code));
	assert_false(inject_failure(0, &code));
	assert_null(parse("uv.fail=UV_ESM:U_BUSY"));
	assert_false(inject_failure(UV_SHARE_PAGE, &code));
	assert_int_equal(code, 7);
	assert_true(inject_failure(UV_ESM, &code));	/* the first of all of this process */
	assert_int_equal(code, U_BUSY);
	code = 7;
	assert_true(inject_failure(UV_ESM, &code));	/* and the next */
	assert_int_equal(code, U_BUSY);
	assert_null(parse("uv.fail=UV_ESM:-5@4"));
	assert_false(inject_failure(UV_ESM, &code));
	assert_false(inject_failure(UV_SHARE_PAGE, &code));
	assert_true(inject_failure(UV_ESM, &code));
	assert_int_equal(code, -5);
	assert_false(inject_failure(UV_ESM, &code));
}

static void test_delay(void **state)
{
	(void)state;
	fake_uv_reset(4UL << 20);
	assert_null(parse("uv.delay=UV_ESM:1000"));
	fake.timebase_step = platform.timebase_hz / 100000;	/* 10 us */
	inject_delay(UV_SHARE_PAGE);
	assert_true(fake.timebase <= 10 * fake.timebase_step);
	inject_delay(UV_ESM);
	assert_in_range(fake.timebase, 100 * fake.timebase_step, 120 * fake.timebase_step);
}

static void test_exits(void **state)
{
	static const struct { uint64_t why; uint64_t *counter; } kinds[] = {
		{ EXIT_HCALL, &stats.hcalls }, { EXIT_HDSI, &stats.faults }, { EXIT_HISI, &stats.fetches },
		{ EXIT_HEAI, &stats.illegal }, { EXIT_EXTERNAL, &stats.externals }, { EXIT_HDEC, &stats.ticks },
	};

	(void)state;
	memset(&stats, 0, sizeof(stats));
	for (uint64_t i = 0; i < 6; i++)
		for (uint64_t turn = 0; turn <= i; turn++)
			stats_exit(kinds[i].why);
	for (uint64_t i = 0; i < 6; i++)
		assert_int_equal(*kinds[i].counter, i + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_right), TEST(test_wrong), TEST(test_values), TEST(test_rest), TEST(test_long), TEST(test_inject),
		TEST(test_delay), TEST(test_exits),
	};

	return RUN(tests);
}
