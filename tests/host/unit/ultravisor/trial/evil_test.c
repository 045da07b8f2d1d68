// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/trial/evil: what is asked for is flipped, and nothing where there is nothing to flip. */
#include "fdt/read.h"
#include "tests/host/fake/tree.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/evil.h"
#include "ultravisor/trial/options.h"

#define GUEST  (8UL << 20)
#define FDT    0x300000UL
#define INITRD 0x400000UL

/* A tree whose initrd lies in [INITRD, @end); no bootargs. */
static void put_tree(uint64_t end)
{
	void *tree = tree_read("pseries", 4096);
	int chosen;

	assert_int_equal(fdt_open_into(tree, tree, (int)fdt_totalsize(tree) + 4096), 0);
	chosen = fdt_path_offset(tree, "/chosen");
	assert_int_equal(fdt_setprop_u64(tree, chosen, "linux,initrd-start", INITRD), 0);
	assert_int_equal(fdt_setprop_u64(tree, chosen, "linux,initrd-end", end), 0);
	assert_int_equal(fdt_delprop(tree, chosen, "bootargs"), 0);
	assert_true(guest_write(FDT, tree, fdt_totalsize(tree)));
	free(tree);
}

static void ask(const char *text)
{
	char rest[64];

	fake_reset();
	fake_uv_reset(GUEST);
	assert_null(uv_options_parse(text, rest, sizeof(rest)));
}

/* The byte at @gpa, which was 0 */
static uint8_t flipped(uint64_t gpa)
{
	uint8_t byte;

	assert_true(guest_read(&byte, gpa, 1));
	return byte;
}

static void test_initrd(void **state)
{
	(void)state;
	ask("uv.evil=initrd@12");
	put_tree(INITRD + 2);
	evil_before_move(0x10000, FDT);
	assert_int_equal(flipped(INITRD + 1), 0x08);

	ask("uv.evil=initrd@16");	/* past its end */
	put_tree(INITRD + 2);
	evil_before_move(0x10000, FDT);
	assert_int_equal(flipped(INITRD + 2), 0);
	assert_non_null(strstr(fake.console, "evil=initrd at=none"));
}

/* It ends before it begins: it has no bits. */
static void test_initrd_backwards(void **state)
{
	(void)state;
	ask("uv.evil=initrd@0");
	put_tree(INITRD - 1);
	evil_before_move(0x10000, FDT);
	assert_int_equal(flipped(INITRD), 0);
}

/* kbase is the guest's, and nobody has looked at it yet: with one near 2^64 the bit is in no memory. */
static void test_stage_wraps(void **state)
{
	(void)state;
	ask("uv.evil=stage@524288");
	put_tree(INITRD);
	uv_options.digest.size = 1 << 20;
	evil_before_move(0xfffffffffffff000, FDT);
	assert_int_equal(flipped(0xf000), 0);
	assert_non_null(strstr(fake.console, "evil=stage at=none"));
}

static void test_no_bootargs(void **state)
{
	(void)state;
	ask("uv.evil=bootargs");
	put_tree(INITRD);
	evil_before_move(0x10000, FDT);
	assert_null(strstr(fake.console, "evil=bootargs at=0x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_initrd), TEST(test_initrd_backwards),
					    TEST(test_stage_wraps), TEST(test_no_bootargs) };

	return RUN(tests);
}
