// SPDX-License-Identifier: GPL-2.0-or-later
/* What is asked of the ultravisor before memory is used, and each way in which it may refuse. */
#include "boot/secure/accept.h"
#include "boot/secure/secure.h"

#include <libfdt.h>

#include "abi/papr.h"
#include "abi/pef.h"
#include "abi/power.h"
#include "abi/steps.h"
#include "lib/error.h"
#include "lib/log.h"
#include "tests/host/fake/stage.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"
#include "ultracall/ultracall.h"

#define FRAME 0x10000UL

static void put_tree(void)
{
	void *tree = tree_read("doctored/as-it-was", 0);

	fake_stage_reset(tree, fdt_totalsize(tree));
	free(tree);
}

static void accepted(int turn, uint64_t start, uint64_t end)
{
	assert_true(turn < fake_stage.accept_calls);
	assert_int_equal(fake_stage.accepted[turn].start, start);
	assert_int_equal(fake_stage.accepted[turn].end, end);
}

/* What is claimed, what is exempt, and what is to be accepted, in this order. */
static void test_memory(void **state)
{
	static const struct {
		const char *name;
		struct range memory[2], rtas, reserved[3], want[5];
	} cases[] = {
		{ "all", { { 0, 0x20000000 } }, { 0 }, { { 0 } }, { { 0, 0x20000000 } } },
		{ "two ranges", { { 0, 0x100000 }, { 0x200000, 0x300000 } }, { 0 }, { { 0 } },
		  { { 0, 0x100000 }, { 0x200000, 0x300000 } } },
		{ "RTAS at the end", { { 0, 0x20000000 } }, { 0x1fff0000, 0x20000000 }, { { 0 } }, { { 0, 0x1fff0000 } } },
		{ "RTAS at the start", { { 0, 0x20000000 } }, { 0, 0x10000 }, { { 0 } }, { { 0x10000, 0x20000000 } } },
		{ "RTAS is all", { { 0, 0x20000000 } }, { 0, 0x20000000 }, { { 0 } }, { { 0 } } },
		{ "reservations, not in order", { { 0, 0x20000000 } }, { 0x40000, 0x50000 },
		  { { 0x80000, 0x90000 }, { 0x20000, 0x30000 } },
		  { { 0, 0x20000 }, { 0x30000, 0x40000 }, { 0x50000, 0x80000 }, { 0x90000, 0x20000000 } } },
		{ "they overlap, and touch", { { 0, 0x20000000 } }, { 0x40000, 0x50000 },
		  { { 0x30000, 0x60000 }, { 0x60000, 0x70000 }, { 0x40000, 0x48000 } },
		  { { 0, 0x30000 }, { 0x70000, 0x20000000 } } },
		{ "one over the end of memory", { { 0, 0x100000 } }, { 0 }, { { 0xf0000, 0x200000 } }, { { 0, 0xf0000 } } },
		{ "one outside of it", { { 0, 0x100000 } }, { 0 }, { { 0x200000, 0x300000 } }, { { 0, 0x100000 } } },
		{ "one across two", { { 0, 0x100000 }, { 0x200000, 0x300000 } }, { 0 }, { { 0xf0000, 0x210000 } },
		  { { 0, 0xf0000 }, { 0x210000, 0x300000 } } },
		{ "a part of a frame", { { 0, 0x100000 } }, { 0 }, { { 0x20800, 0x20900 }, { 0x4fff0, 0x50010 } },
		  { { 0, 0x20000 }, { 0x30000, 0x40000 }, { 0x60000, 0x100000 } } },
		{ "memory that ends within a frame", { { 0, 0x100001 } }, { 0 }, { { 0 } }, { { 0, 0x110000 } } },
		{ "memory that starts within a frame", { { 0x1ffff, 0x100000 } }, { 0 }, { { 0 } }, { { 0x10000, 0x100000 } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guest guest = { .is_secure = true, .rtas = cases[i].rtas };
		int turn = 0;

		print_message("%s\n", cases[i].name);
		put_tree();
		for (int n = 0; n < 2; n++)
			ranges_add(&guest.memory, cases[i].memory[n]);
		for (int n = 0; n < 3; n++)
			ranges_add(&guest.reserved, cases[i].reserved[n]);
		assert_int_equal(accept_memory(&guest), 0);
		for (; turn < 5 && range_size(cases[i].want[turn]); turn++)
			accepted(turn, cases[i].want[turn].start, cases[i].want[turn].end);
		assert_int_equal(fake_stage.accept_calls, turn);
	}
}

/* The last frame of all addresses: no sum wraps. */
static void test_end_of_addresses(void **state)
{
	struct guest guest = { .is_secure = true };

	(void)state;
	put_tree();
	ranges_add(&guest.memory, (struct range){ UINT64_MAX - FRAME, UINT64_MAX });
	assert_int_equal(accept_memory(&guest), E_NOT_OURS);
	assert_int_equal(fake_stage.accept_calls, 1);
}

static void refused(int rc, const char *text)
{
	assert_int_equal(rc, E_NOT_OURS);
	if (!strstr(error_text(), text))
		fail_msg("%s", error_text());
}

/* In no slot, or the ultravisor's; or anything else that it may say. Nothing is asked afterwards. */
static void test_memory_refused(void **state)
{
	struct guest guest = { .is_secure = true };

	(void)state;
	put_tree();
	ranges_add(&guest.memory, (struct range){ 0, 0x1000000 });
	ranges_add(&guest.memory, (struct range){ STAGE_MEMORY, STAGE_MEMORY + FRAME });
	ranges_add(&guest.memory, (struct range){ 0x2000000, 0x3000000 });
	refused(accept_memory(&guest), "0x20000000-0x20010000: UV_UNSHARE_PAGE -> U_P2 (-55)");
	assert_int_equal(fake_stage.accept_calls, 2);
	fake_stage.refused = (struct range){ 0xff0000, 0x1000000 };
	refused(accept_memory(&guest), "0x0-0x1000000: UV_UNSHARE_PAGE -> U_P2 (-55)");
	fake_stage.refused = (struct range){ 0, 0 };
	for (int64_t urc = -80; urc < 5; urc++)
		if ((fake_stage.accept_rc = urc) != 0)
			assert_int_equal(accept_memory(&guest), E_NOT_OURS);
}

static void test_answers(void **state)
{
	static const uint64_t calls[] = { UV_SHARE_PAGE, UV_UNSHARE_PAGE, UV_UNSHARE_ALL_PAGES };

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		assert_int_equal(ultracall_answer(calls[i], U_SUCCESS), ANSWER_YES);
		assert_int_equal(ultracall_answer(calls[i], (int64_t)calls[i]), ANSWER_NONE);
		assert_int_equal(ultracall_answer(calls[i], (int64_t)(calls[i] | 1UL << 32)), ANSWER_NO);
		assert_int_equal(ultracall_answer(calls[i], (int64_t)calls[(i + 1) % 3]), ANSWER_NO);
		for (int64_t urc = -80; urc < 80; urc++)
			if (urc != U_SUCCESS)
				assert_int_equal(ultracall_answer(calls[i], urc), ANSWER_NO);
	}
}

static int count_lines(const char *text)
{
	int count = 0;

	for (const char *at = fake.console; (at = strstr(at, text)); at++)
		count++;
	return count;
}

/* Nobody says whether memory is private and the pool shared: both are noted, once each. */
static void test_no_answer(void **state)
{
	struct guest guest;

	(void)state;
	put_tree();
	log_init("pefboot", 512000000);
	log_set_level(LOG_NOTICE);
	fake_stage.silent = true;
	assert_int_equal(fake_stage_run(&guest), 0);
	assert_true(fake_stage.accept_calls > 3);
	assert_int_equal(fake_stage.share_calls, 1);
	assert_int_equal(count_lines("notice: the ultravisor gives no answer"), 2);
	assert_int_equal(count_lines("no answer to UV_UNSHARE_PAGE, so memory is taken on the host's word\r\n"), 1);
	assert_int_equal(count_lines("no answer to UV_SHARE_PAGE, so devices may not reach the pool\r\n"), 1);
}

/* One that does answer is heard: there is nothing to be noted. */
static void test_answered(void **state)
{
	struct guest guest;

	(void)state;
	put_tree();
	log_init("pefboot", 512000000);
	log_set_level(LOG_NOTICE);
	assert_int_equal(fake_stage_run(&guest), 0);
	assert_int_equal(count_lines("no answer"), 0);
}

/* A VM that stays normal has nobody to ask. */
static void test_normal(void **state)
{
	struct guest guest = { .is_secure = false };

	(void)state;
	put_tree();
	fake.msr = 0;
	ranges_add(&guest.memory, (struct range){ 0, 0x1000000 });
	assert_int_equal(accept_memory(&guest), 0);
	assert_int_equal(accept_tree((void *)STAGE_TREE), 0);
	assert_int_equal(fake_stage.accept_calls, 0);
}

/* First the header, whose size may be a lie, then all of it. */
static void test_tree(void **state)
{
	(void)state;
	put_tree();
	assert_int_equal(accept_tree((void *)STAGE_TREE), 0);
	assert_int_equal(fake_stage.accept_calls, 2);
	accepted(0, STAGE_TREE, STAGE_TREE + FRAME);
	accepted(1, STAGE_TREE, STAGE_TREE + FRAME);
	put_tree();
	memmove((void *)(STAGE_TREE + FRAME - 8), (void *)STAGE_TREE, fdt_totalsize((void *)STAGE_TREE));
	fdt_set_totalsize((void *)(STAGE_TREE + FRAME - 8), FRAME + 9);
	assert_int_equal(accept_tree((void *)(STAGE_TREE + FRAME - 8)), 0);
	accepted(0, STAGE_TREE, STAGE_TREE + 2 * FRAME);	/* the header itself */
	accepted(1, STAGE_TREE, STAGE_TREE + 3 * FRAME);
}

static void test_tree_refused(void **state)
{
	(void)state;
	put_tree();
	/* Nothing is mapped there: to read a byte before the answer would be a fault. */
	refused(accept_tree((void *)STAGE_MEMORY), "0x20000000-0x20010000: UV_UNSHARE_PAGE -> U_P2");
	fake_stage.refused = (struct range){ STAGE_TREE + FRAME, STAGE_TREE + 2 * FRAME };
	fdt_set_totalsize((void *)STAGE_TREE, FRAME);
	assert_int_equal(accept_tree((void *)STAGE_TREE), 0);
	fdt_set_totalsize((void *)STAGE_TREE, FRAME + 1);
	refused(accept_tree((void *)STAGE_TREE), "0x1fc00000-0x1fc20000: UV_UNSHARE_PAGE -> U_P2");
	fdt_set_totalsize((void *)STAGE_TREE, TREE_SPACE + 1);
	assert_int_equal(accept_tree((void *)STAGE_TREE), E_VERIFY_TREE);
	assert_int_equal(accept_tree((void *)(UINTPTR_MAX - 8)), E_VERIFY_TREE);
}

/* Nothing is mapped in frame 0 either. Above it a tree may start at once. */
static void test_tree_in_frame_0(void **state)
{
	(void)state;
	put_tree();
	assert_int_equal(accept_tree((void *)8), E_VERIFY_RANGE);
	assert_int_equal(accept_tree((void *)(FRAME - 8)), E_VERIFY_RANGE);
	assert_int_equal(fake_stage.accept_calls, 0);
	memcpy((void *)FRAME, (void *)STAGE_TREE, fdt_totalsize((void *)STAGE_TREE));
	assert_int_equal(accept_tree((void *)FRAME), 0);
}

static void test_stage_in_frame_0(void **state)
{
	struct guest guest;

	(void)state;
	put_tree();
	assert_int_equal(verify(&guest, (void *)STAGE_TREE, FRAME - 0x1000, WORLD_SECURE), E_VERIFY_RANGE);
	assert_non_null(strstr(error_text(), "pefboot 0xf000-"));
	assert_non_null(strstr(error_text(), "in frame 0"));
	assert_int_equal(verify(&guest, (void *)STAGE_TREE, FRAME, WORLD_SECURE), 0);
}

static void test_log(void **state)
{
	struct guest guest = { .is_secure = true };

	(void)state;
	put_tree();
	log_init("pefboot", 512000000);
	log_set_level(LOG_INFO);
	ranges_add(&guest.memory, (struct range){ 0x20000, 0x100000 });
	assert_int_equal(accept_memory(&guest), 0);
	assert_non_null(strstr(fake.console, "pefboot: uvcall=UV_UNSHARE_PAGE r4=0x2 r5=0xe rc=0\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_memory), TEST(test_end_of_addresses), TEST(test_memory_refused), TEST(test_normal), TEST(test_tree),
		TEST(test_answers), TEST(test_no_answer), TEST(test_answered),
		TEST(test_tree_refused), TEST(test_tree_in_frame_0), TEST(test_stage_in_frame_0), TEST(test_log),
	};

	return RUN(tests);
}
