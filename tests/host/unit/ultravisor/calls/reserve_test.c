// SPDX-License-Identifier: GPL-2.0-or-later
/* Places in the guest's memory: below what is reserved, never over it, and never frame 0. */
#include "ultravisor/calls/reserve.h"

#include <libfdt.h>

#include "tests/host/fake/tree.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/memory/pages.h"
#include "ultravisor/memory/platform.h"

#define F     FRAME_SIZE
#define GUEST (64 * F)
#define NONE  UINT64_MAX

struct place {
	uint64_t start, size;
};

/* A tree without reservations, with room for some. */
static void make_tree(void)
{
	void *tree = tree_read("pseries", 0);

	assert_int_equal(fdt_open_into(tree, platform.tree, TREE_SPACE), 0);
	free(tree);
	while (fdt_num_mem_rsv(platform.tree))
		assert_int_equal(fdt_del_mem_rsv(platform.tree, 0), 0);
}

/* Where two frames below @rmo come to lie, beside what is reserved, of size 0 the last; NONE if nowhere. */
static uint64_t reserve(uint64_t rmo, const struct place *reserved)
{
	struct range got;
	uint64_t start, size;
	int count;

	fake_uv_reset(GUEST);
	make_tree();
	for (count = 0; reserved[count].size; count++)
		assert_int_equal(fdt_add_mem_rsv(platform.tree, reserved[count].start, reserved[count].size), 0);
	if (!reserve_frames(&got, rmo, 2)) {
		assert_int_equal(fdt_num_mem_rsv(platform.tree), count);
		return NONE;
	}
	assert_int_equal(got.end - got.start, 2 * F);
	assert_int_equal(fdt_num_mem_rsv(platform.tree), count + 1);
	assert_int_equal(fdt_get_mem_rsv(platform.tree, count, &start, &size), 0);
	assert_true(start == got.start && size == 2 * F);
	return start;
}

static void test_places(void **state)
{
	static const struct {
		uint64_t rmo;
		struct place reserved[4];
		uint64_t start;
	} cases[] = {
		{ 8 * F, { { 0, 0 } }, 6 * F },
		/* at its edges nothing is in the way */
		{ 8 * F, { { 8 * F, F }, { 5 * F, F } }, 6 * F },
		{ 8 * F, { { 7 * F + F / 2, 1 } }, 6 * F },		/* up to a frame again, over it */
		{ 8 * F, { { 7 * F, F } }, 5 * F },
		/* one below leads to the next, in any order */
		{ 8 * F, { { 7 * F, F }, { 5 * F, F } }, 3 * F },
		{ 8 * F, { { 5 * F, F }, { 7 * F, F } }, 3 * F },
		/* frame 0 is the vectors' */
		{ 2 * F, { { 0, 0 } }, NONE },
		{ 2 * F + 8, { { 0, 0 } }, F },
		{ F, { { 0, 0 } }, NONE },
		{ 4 * F, { { 2 * F, F } }, NONE },
		{ 4 * F, { { 2 * F + 8, F } }, F },
		{ 4 * F, { { 2 * F - 8, F } }, NONE },
		{ 4 * F, { { F, 2 * F } }, NONE },
		{ GUEST, { { 0, GUEST } }, NONE },
		/* one that wraps is none to go by */
		{ 8 * F, { { 7 * F, -6 * F } }, NONE },
		/* beyond memory there is none */
		{ GUEST + 1, { { 0, 0 } }, NONE },
		{ GUEST, { { 0, 0 } }, GUEST - 2 * F },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t start = reserve(cases[i].rmo, cases[i].reserved);

		if (start != cases[i].start)
			fail_msg("case %zu: expected 0x%lx, got 0x%lx", i, cases[i].start, start);
	}
}

static void test_tree_is_full(void **state)
{
	struct range got;

	(void)state;
	fake_uv_reset(GUEST);
	make_tree();
	assert_int_equal(fdt_pack(platform.tree), 0);
	assert_false(reserve_frames(&got, GUEST, 1));
	assert_int_equal(fdt_num_mem_rsv(platform.tree), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_places), TEST(test_tree_is_full) };

	return RUN(tests);
}
