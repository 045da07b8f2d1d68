// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/range.h"

#include "tests/host/unit/test.h"

static void test_make(void **state)
{
	static const struct {
		const char *name;
		uint64_t base, size;
		bool good;
	} cases[] = {
		{ "plain", 0x1000, 0x2000, true },
		{ "empty", 5, 0, true },
		{ "empty at the end", UINT64_MAX, 0, true },
		{ "up to the last byte but one", UINT64_MAX - 4, 4, true },
		{ "ends at 2^64", UINT64_MAX - 3, 4, false },
		{ "wraps", UINT64_MAX, UINT64_MAX, false },
	};
	struct range range;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		range = (struct range){ 1, 2 };
		print_message("%s\n", cases[i].name);
		assert_int_equal(range_make(&range, cases[i].base, cases[i].size), cases[i].good);
		assert_int_equal(range_size(range), cases[i].good ? cases[i].size : 0);
		assert_int_equal(range.start, cases[i].good ? cases[i].base : 0);
	}
}

static void test_relations(void **state)
{
	const struct range a = { 10, 20 };

	(void)state;
	assert_true(range_overlaps(a, (struct range){ 19, 21 }));
	assert_true(range_overlaps(a, (struct range){ 0, 11 }));
	assert_true(range_overlaps(a, (struct range){ 12, 13 }));
	assert_false(range_overlaps(a, (struct range){ 20, 30 }));
	assert_false(range_overlaps(a, (struct range){ 0, 10 }));
	assert_true(range_contains(a, a));
	assert_true(range_contains(a, (struct range){ 20, 20 }));
	assert_false(range_contains(a, (struct range){ 9, 12 }));
	assert_false(range_contains(a, (struct range){ 12, 21 }));
}

static void test_set(void **state)
{
	struct ranges set = { 0 };

	(void)state;
	assert_true(ranges_add(&set, (struct range){ 7, 7 }));
	assert_int_equal(set.count, 0);
	for (uint64_t i = 0; i < RANGES_MAX; i++)
		assert_true(ranges_add(&set, (struct range){ 10 * i, 10 * i + 5 }));
	assert_false(ranges_add(&set, (struct range){ 1, 2 }));
	assert_true(ranges_add(&set, (struct range){ 1, 1 }));
	assert_int_equal(set.count, RANGES_MAX);
	assert_ptr_equal(ranges_hit(&set, (struct range){ 24, 31 }), &set.item[2]);
	assert_null(ranges_hit(&set, (struct range){ 5, 10 }));
	assert_true(ranges_contain(&set, (struct range){ 11, 15 }));
	assert_false(ranges_contain(&set, (struct range){ 11, 16 }));
}

/* The highest place by going through all of them. */
static bool search(struct range *found, struct range space, uint64_t size, uint64_t align,
		   const struct ranges *taken)
{
	for (uint64_t start = space.end; start-- > space.start;) {
		struct range here = { start, start + size };

		if (start % align == 0 && here.end <= space.end && !ranges_hit(taken, here)) {
			*found = here;
			return true;
		}
	}
	return false;
}

static void test_find_top(void **state)
{
	uint64_t seed = 4;

	(void)state;
	for (int turn = 0; turn < 20000; turn++) {
		struct range ours = { 0, 0 }, theirs = { 0, 0 }, space = { draw(&seed) % 32, 0 };
		struct ranges taken = { 0 };
		uint64_t size = 1 + draw(&seed) % 24, align = 1UL << draw(&seed) % 5;
		bool good;

		space.end = space.start + draw(&seed) % 200;
		for (uint64_t n = draw(&seed) % 8; n; n--) {
			uint64_t start = draw(&seed) % 220;

			ranges_add(&taken, (struct range){ start, start + draw(&seed) % 30 });
		}
		good = range_find_top(&ours, space, size, align, &taken);
		assert_int_equal(good, search(&theirs, space, size, align, &taken));
		if (good)
			assert_int_equal(ours.start, theirs.start);
	}
}

/* At the ends of the address space. */
static void test_find_top_extremes(void **state)
{
	struct ranges taken = { 0 };
	struct range found;

	(void)state;
	assert_true(range_find_top(&found, (struct range){ 0, UINT64_MAX }, 0x10000, 0x10000, &taken));
	assert_int_equal(found.start, 0xfffffffffffe0000);
	assert_false(range_find_top(&found, (struct range){ 0, 0 }, 1, 1, &taken));
	assert_false(range_find_top(&found, (struct range){ 0, 0x1000 }, UINT64_MAX, 1, &taken));
	ranges_add(&taken, (struct range){ 0, UINT64_MAX });
	assert_false(range_find_top(&found, (struct range){ 0, UINT64_MAX }, 1, 1, &taken));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_make), TEST(test_relations), TEST(test_set), TEST(test_find_top),
		TEST(test_find_top_extremes),
	};

	return RUN(tests);
}
