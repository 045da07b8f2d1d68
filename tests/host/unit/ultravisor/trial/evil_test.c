// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/trial/evil: what is asked for is flipped, and nothing where there is nothing to flip. */
#include "abi/power.h"
#include "fdt/read.h"
#include "tests/host/fake/tree.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
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

	ask("uv.evil=initrd@79");	/* the last bit of ten bytes */
	put_tree(INITRD + 10);
	evil_before_move(0x10000, FDT);
	assert_int_equal(flipped(INITRD + 9), 0x01);

	ask("uv.evil=initrd@8");
	put_tree(INITRD + 2);
	evil_before_move(0x10000, FDT);
	assert_int_equal(flipped(INITRD + 1), 0x80);

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

/* Without a number: in the second page of what was measured, or of the first two if nobody knows what was. */
static void test_stage(void **state)
{
	(void)state;
	for (int measured = 0; measured < 2; measured++) {
		ask("uv.evil=stage");
		put_tree(INITRD);
		uv_options.digest.size = measured ? 0x1001 : 0;
		evil_before_move(0x10000, FDT);
		assert_int_equal(flipped(0x11000), 0x40);
	}
	uv_options.digest.size = 0x1000;
	evil_before_move(0x20000, FDT);
	assert_int_equal(flipped(0x21000), 0);
}

static void test_no_bootargs(void **state)
{
	(void)state;
	ask("uv.evil=bootargs");
	put_tree(INITRD);
	evil_before_move(0x10000, FDT);
	assert_null(strstr(fake.console, "evil=bootargs at=0x"));
}

/* Without a number: in the middle of the kernel. */
static void test_kernel(void **state)
{
	void *tree;

	(void)state;
	ask("uv.evil=kernel");
	put_tree(INITRD);
	tree = real(FDT);
	assert_int_equal(fdt_setprop_u64(tree, fdt_path_offset(tree, "/chosen"), "pefboot,kernel", 0x500000), 0);
	assert_int_equal(fdt_appendprop_u64(tree, fdt_path_offset(tree, "/chosen"), "pefboot,kernel", 0x1001), 0);
	evil_before_move(0x10000, FDT);
	assert_int_equal(flipped(0x500800), 0x40);
	assert_non_null(strstr(fake.console, "evil=kernel at=0x500800"));
}

/* What the command line says, wherever the tree has it: bit 1 of the first character, if none was asked for. */
static void check_bootargs(const char *words, const char *text, const char *want)
{
	void *tree;

	ask(words);
	put_tree(INITRD);
	tree = real(FDT);
	assert_int_equal(fdt_open_into(tree, tree, (int)fdt_totalsize(tree) + 64), 0);
	assert_int_equal(fdt_setprop_string(tree, fdt_path_offset(tree, "/chosen"), "bootargs", text), 0);
	evil_before_move(0x10000, FDT);
	assert_string_equal(dt_string(real(FDT), fdt_path_offset(real(FDT), "/chosen"), "bootargs"), want);
}

static void test_bootargs(void **state)
{
	(void)state;
	check_bootargs("uv.evil=bootargs", "quiet", "1uiet");
	assert_non_null(strstr(fake.console, "evil=bootargs at=0x"));
	check_bootargs("uv.evil=bootargs@39", "quiet", "quieu");
	check_bootargs("uv.evil=bootargs@40", "quiet", "quiet");	/* its NUL */
	assert_non_null(strstr(fake.console, "evil=bootargs at=none"));
	check_bootargs("uv.evil=bootargs", "", "");
	assert_null(strstr(fake.console, "evil=bootargs"));
	check_bootargs("uv.evil=stage", "quiet", "quiet");	/* which is another's */
}

/* Of the structure block the first tag. */
static void test_fdt(void **state)
{
	(void)state;
	ask("uv.evil=fdt");
	put_tree(INITRD);
	evil_before_move(0x10000, FDT);
	assert_int_equal(flipped(FDT + fdt_off_dt_struct(real(FDT)) + 3), FDT_BEGIN_NODE ^ 0x40);
}

/* A page earlier, in whatever form the address has; and only that differs. */
static void test_tree(void **state)
{
	(void)state;
	for (int narrow = 0; narrow < 2; narrow++) {
		uint64_t start;
		void *tree;
		int chosen;

		ask("uv.evil=tree");
		put_tree(INITRD + 0x1000);
		tree = real(FDT);
		chosen = fdt_path_offset(tree, "/chosen");
		if (narrow)
			assert_int_equal(fdt_setprop_u32(tree, chosen, "linux,initrd-start", INITRD), 0);
		evil_before_move(0x10000, FDT);
		chosen = fdt_path_offset(tree, "/chosen");
		assert_int_equal(dt_u32_or_u64(tree, chosen, "linux,initrd-start", &start), 0);
		assert_int_equal(start, INITRD ^ 0x1000);
		assert_int_equal(dt_u32_or_u64(tree, chosen, "linux,initrd-end", &start), 0);
		assert_int_equal(start, INITRD + 0x1000);
	}
}

/* Who did not ask for a vector is entered at none; the first of all tests, since entries are counted. */
static void test_no_vector(void **state)
{
	(void)state;
	ask("uv.evil=noshare");
	vcpus[0].secure = true;
	vcpus[0].regs.nip = 0x1234;
	evil_before_run(&vcpus[0]);
	assert_int_equal(vcpus[0].regs.nip, 0x1234);
	assert_null(strstr(fake.console, "evil=vector"));
}

/* All that the guest does not share and the host sees is 0xee; the guest reads none of it. */
static void test_scribble(void **state)
{
	uint8_t *at;

	(void)state;
	ask("uv.evil=scribble");
	for (uint64_t gfn = 1; gfn < pages.count; gfn++)
		pages_secure(&pages, gfn, gfn % 2);
	assert_true(pages_share(&pages, 5, PAGE_SHARED));
	evil_before_entry();
	at = real(0);
	for (uint64_t i = 0; i < GUEST; i++)
		if (at[i] != (i < FRAME_SIZE || i / FRAME_SIZE == 5 ? 0 : 0xee))
			fail_msg("0x%lx is 0x%x", i, at[i]);
	for (uint64_t gpa = 0; gpa < GUEST; gpa += FRAME_SIZE - 1)
		assert_int_equal(flipped(gpa), 0);
}

/* A vector is entered once, at the exit that was asked for, by a secure CPU only, with EE off. */
static void test_vector(void **state)
{
	(void)state;
	ask("uv.evil=vector:0x900@2,noshare");
	vcpus[0].regs.nip = 0x1234;
	vcpus[0].regs.msr = MSR_SF | MSR_ME | MSR_IR | MSR_DR;
	for (int i = 0; i < 3; i++)
		evil_before_run(&vcpus[0]);
	vcpus[0].secure = true;
	evil_before_run(&vcpus[0]);
	evil_before_run(&vcpus[0]);
	assert_int_equal(vcpus[0].regs.nip, 0x1234);
	evil_before_run(&vcpus[0]);
	assert_int_equal(vcpus[0].regs.nip, 0x900);
	assert_int_equal(vcpus[0].hv.srr0, 0x1234);
	assert_int_equal(vcpus[0].hv.srr1, MSR_SF | MSR_ME | MSR_IR | MSR_DR);
	assert_int_equal(vcpus[0].regs.msr, MSR_SF | MSR_ME);
	vcpus[0].regs.nip = 0x5678;
	evil_before_run(&vcpus[0]);
	assert_int_equal(vcpus[0].regs.nip, 0x5678);
	assert_non_null(strstr(fake.console, "evil=vector at=0x900 cpu=0 srr0=0x1234"));
}

static void test_forget(void **state)
{
	(void)state;
	ask("uv.evil=forget");
	memset(real(platform.slots), 0xaa, 65537);
	evil_before_entry();
	assert_int_equal(flipped(0), 0);
	assert_int_equal(flipped(0x100), 0);
	assert_int_equal(flipped(0xffff), 0);
	assert_int_equal(*(uint8_t *)real(platform.slots + 65536), 0xaa);
}

static void test_words(void **state)
{
	static const char *const wrong[] = {
		"overlay", "overlay:1", "overlay:1+0", "overlay:1+2@3", "vector", "vector:0x110", "vector:0x2000",
		"vector:0x100@", "vector:0x100@x", "memory:", "forget@1", "kernel:1", "memory,",
	};
	char rest[64], word[64];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(word, sizeof(word), "uv.evil=%s", wrong[i]);
		assert_non_null(uv_options_parse(word, rest, sizeof(rest)));
	}
	ask("uv.evil=memory,overlay:0x10+32,vector:0x100,kernel@3");
	assert_int_equal(uv_options.evil, EVIL_MEMORY | EVIL_OVERLAY | EVIL_VECTOR | EVIL_KERNEL);
	assert_true(uv_options.overlay.base == 16 && uv_options.overlay.size == 32);
	assert_true(uv_options.evil_vector.vector == 0x100 && uv_options.evil_vector.exit == 0);
	assert_int_equal(uv_options.evil_bit[0], 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_no_vector), TEST(test_initrd), TEST(test_initrd_backwards),
					    TEST(test_stage_wraps), TEST(test_no_bootargs),
					    TEST(test_stage), TEST(test_kernel), TEST(test_fdt), TEST(test_tree), TEST(test_bootargs), TEST(test_scribble),
					    TEST(test_vector), TEST(test_forget), TEST(test_words) };

	return RUN(tests);
}
