// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/trial/verdict: the line is whole, however often the guest has called. */
#include "abi/hcalls.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/trial/options.h"
#include "ultravisor/trial/stats.h"
#include "ultravisor/trial/verdict.h"

/* Every ultracall 99,999,999 times, and a nonce as long as it may be */
static void test_long(void **state)
{
	char call[32];

	(void)state;
	fake_uv_reset(4UL << 20);
	memset(&stats, 0, sizeof(stats));
	memset(uv_options.nonce, 'n', sizeof(uv_options.nonce) - 1);
	for (uint64_t number = UV_FIRST; number <= UV_LAST; number += 4)
		stats.uvcalls[(number - UV_FIRST) / 4] = 99999999;
	verdict_print();
	for (uint64_t number = UV_FIRST; number <= UV_LAST; number += 4) {
		snprintf(call, sizeof(call), "0x%lx:99999999%s", number, number == UV_LAST ? " " : ",");
		assert_non_null(strstr(fake.console, call));
	}
	assert_non_null(strstr(fake.console, " nonce=nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\r\n"));
}

static void test_none(void **state)
{
	(void)state;
	fake_uv_reset(4UL << 20);
	memset(&stats, 0, sizeof(stats));
	verdict_print();
	assert_non_null(strstr(fake.console, " uvcalls=none\r\n"));
}

/* Words outside, in frames of each kind: the host may see what the guest shared, and has what it put where the guest never was. */
static void test_leaked(void **state)
{
	static const struct {
		enum page_state as;
		uint64_t leaked;
	} kinds[] = { { PAGE_SECURE, 2 }, { PAGE_ZERO, 2 }, { PAGE_ABSENT, 0 }, { PAGE_SHARED, 0 }, { PAGE_IMPLICIT, 2 }, { PAGE_PSEUDO, 2 } };
	uint64_t *word;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		fake_uv_reset(4UL << 20);
		platform.secure = true;
		for (uint64_t gfn = 1; gfn < pages.count; gfn++) {
			pages_touch(&pages, kinds[i].as == PAGE_ABSENT ? 0 : gfn);
			pages_secure(&pages, gfn, kinds[i].as != PAGE_SECURE);
		}
		if (kinds[i].as > PAGE_ABSENT)
			assert_true(pages_share(&pages, 7, kinds[i].as));
		assert_int_equal(pages_get(&pages, 7), kinds[i].as);
		word = real(7 * FRAME_SIZE);
		word[0] = word[FRAME_SIZE / sizeof(*word) - 1] = 1;
		assert_int_equal(count_leaked_words(), kinds[i].leaked);
	}
}

/* uv.evil=memory: the words that the guest wrote behind its memory. */
static void test_outside(void **state)
{
	uint64_t *words;

	(void)state;
	fake_uv_reset(4UL << 20);
	platform.outside = 2 * FRAME_SIZE;
	verdict_print();
	assert_non_null(strstr(fake.console, "evil=memory range=0x400000+0x20000 words=0"));
	words = real(platform.guest);
	words[0] = words[1] = words[2 * FRAME_SIZE / sizeof(*words) - 1] = 1;
	words[2 * FRAME_SIZE / sizeof(*words)] = 1;
	verdict_print();
	words[2 * FRAME_SIZE / sizeof(*words)] = 0;
	assert_non_null(strstr(fake.console, "evil=memory range=0x400000+0x20000 words=3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_long), TEST(test_none), TEST(test_leaked), TEST(test_outside) };

	return RUN(tests);
}
