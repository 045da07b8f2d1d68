// SPDX-License-Identifier: GPL-2.0-or-later
/* The states of frames against a model that keeps one record of facts for each frame. */
#include "ultravisor/memory/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT 61

static struct pages pages;
static uint8_t state[COUNT];

/* Facts about a frame, from which the model derives what the state must be. */
static struct fact {
	bool secure, touched, shared, locked, slot;	/* locked: implicit or pseudo */
	bool absent;					/* never touched, nor looked at by UV_ESM */
} facts[COUNT];

static void reset(void)
{
	pages_init(&pages, state, COUNT);
	for (int i = 0; i < COUNT; i++)
		facts[i] = (struct fact){ .secure = i == 0, .touched = i == 0 };
}

static enum page_state expected(const struct fact *fact)
{
	if (!fact->secure)
		return fact->touched ? PAGE_REACHED : PAGE_NORMAL;
	if (fact->locked)
		return fact->slot ? PAGE_PSEUDO : PAGE_IMPLICIT;
	if (fact->shared)
		return PAGE_SHARED;
	return fact->touched ? PAGE_SECURE : fact->absent ? PAGE_ABSENT : PAGE_ZERO;
}

static void check_all(void)
{
	uint64_t private = 0, shared = 0;

	for (uint64_t i = 0; i < COUNT; i++) {
		enum page_state want = expected(&facts[i]);

		assert_int_equal(pages_get(&pages, i), want);
		assert_int_equal(pages_in_slot(want),
				 facts[i].secure && !facts[i].shared && !(facts[i].locked && !facts[i].slot));
		shared += want == PAGE_SHARED || want == PAGE_IMPLICIT;
		private += want == PAGE_SECURE || want == PAGE_ZERO || want == PAGE_ABSENT ||
			   want == PAGE_PSEUDO;
	}
	assert_int_equal(pages_private(&pages), private);
	assert_int_equal(pages_shared(&pages), shared);
}

static bool is_private(const struct fact *fact)
{
	return fact->secure && !fact->shared && !fact->locked;
}

static void do_esm(uint64_t gfn)
{
	bool zero = rand() & 1;

	pages_secure(&pages, gfn, zero);
	if (gfn < COUNT && !facts[gfn].secure)
		facts[gfn] = (struct fact){ .secure = true, .touched = !zero, .absent = !facts[gfn].touched };
}

static void do_touch(uint64_t gfn)
{
	enum page_state was = gfn < COUNT ? expected(&facts[gfn]) : PAGE_INVALID;

	assert_int_equal(pages_touch(&pages, gfn), was);
	if (gfn < COUNT && (is_private(&facts[gfn]) || !facts[gfn].secure))
		facts[gfn].touched = true;
}

static void do_share(uint64_t gfn, uint64_t count)
{
	bool ok = count > 0 && gfn > 0 && gfn < COUNT && count <= COUNT - gfn;

	assert_int_equal(pages_may_share(&pages, gfn, count), ok ? U_SUCCESS : U_P2);
	for (uint64_t i = gfn; ok && i < gfn + count; i++) {
		bool change = is_private(&facts[i]);

		assert_int_equal(pages_share(&pages, i, PAGE_SHARED), change);
		if (change)
			facts[i].shared = true;
	}
}

static void do_unshare(uint64_t gfn, uint64_t count)
{
	bool ok = count > 0 && gfn < COUNT && count <= COUNT - gfn, none = true;

	for (uint64_t i = gfn; ok && i < gfn + count; i++)
		none = none && !facts[i].locked && !facts[i].shared;
	if (ok)
		assert_int_equal(pages_none_shared(&pages, gfn, count), none);
	for (uint64_t i = gfn; ok && i < gfn + count; i++)
		ok = !facts[i].locked;
	assert_int_equal(pages_may_unshare(&pages, gfn, count), ok ? U_SUCCESS : U_P2);
	for (uint64_t i = gfn; ok && i < gfn + count; i++) {
		assert_int_equal(pages_unshare(&pages, i), facts[i].shared);
		if (facts[i].shared)
			facts[i].shared = facts[i].touched = facts[i].absent = false;
	}
}

static void do_lock(uint64_t gfn)
{
	bool slot = rand() & 1;
	bool change = gfn < COUNT && is_private(&facts[gfn]);

	assert_int_equal(pages_share(&pages, gfn, slot ? PAGE_PSEUDO : PAGE_IMPLICIT), change);
	if (change) {
		facts[gfn].locked = true;
		facts[gfn].slot = slot;
	}
}

static void do_forget(uint64_t gfn)
{
	enum page_state was = gfn < COUNT ? expected(&facts[gfn]) : PAGE_INVALID;

	assert_int_equal(pages_forget(&pages, gfn), was);
	if (gfn < COUNT && !facts[gfn].secure)
		facts[gfn] = (struct fact){ .secure = true, .absent = was == PAGE_NORMAL };
	else if (gfn == 0)
		facts[gfn].touched = facts[gfn].absent = false;
}

static void do_revert(uint64_t gfn)
{
	pages_revert(&pages, gfn);
	if (gfn > 0 && gfn < COUNT && expected(&facts[gfn]) != PAGE_NORMAL)
		facts[gfn] = (struct fact){ .touched = true };
}

static void test_random_operations(void **unused)
{
	(void)unused;
	srand(20261122);
	for (int round = 0; round < 200; round++) {
		reset();
		for (int step = 0; step < 500; step++) {
			uint64_t gfn = (uint64_t)rand() % (COUNT + 3);

			switch (rand() % 16) {
			case 0: do_lock(gfn); break;
			case 1: do_revert(gfn); break;
			case 2: case 3: case 4: do_share(gfn, (uint64_t)rand() % 9); break;
			case 5: case 6: case 7: do_unshare(gfn, (uint64_t)rand() % 29); break;
			case 8: case 9: do_touch(gfn); break;
			case 10: do_forget(gfn); break;
			default: do_esm(gfn);
			}
		}
		check_all();
	}
}

static void test_ranges(void **unused)
{
	static const struct { uint64_t gfn, count; bool ok; } cases[] = {
		{ 0, COUNT, true },	   { 0, COUNT + 1, false },	 { COUNT - 1, 1, true },
		{ COUNT, 1, false },	   { COUNT - 1, 2, false },	 { 5, 0, false },
		{ UINT64_MAX, 1, false },  { 1, UINT64_MAX, false },	 { UINT64_MAX, UINT64_MAX, false },
		{ UINT64_MAX - 1, 3, false }, { 1UL << 48, 1, false },	 { 3, 4, true },
	};

	(void)unused;
	reset();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(pages_range_ok(&pages, cases[i].gfn, cases[i].count), cases[i].ok);
	assert_int_equal(pages_get(&pages, COUNT), PAGE_INVALID);
	assert_int_equal(pages_get(&pages, UINT64_MAX), PAGE_INVALID);
}

static void test_frame_0_is_never_shared(void **unused)
{
	(void)unused;
	reset();
	assert_int_equal(pages_get(&pages, 0), PAGE_SECURE);
	assert_int_equal(pages_may_share(&pages, 0, 1), U_P2);
	assert_int_equal(pages_may_share(&pages, 0, COUNT), U_P2);
	pages_revert(&pages, 0);
	assert_int_equal(pages_get(&pages, 0), PAGE_SECURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_operations),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_frame_0_is_never_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
