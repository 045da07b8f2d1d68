// SPDX-License-Identifier: GPL-2.0-or-later
/* The guest's memory: what an access maps besides its own page, whose it is, and copying it. */
#include "ultravisor/memory/memory.h"

#include "abi/papr.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"

#define MIB   (1UL << 20)
#define GUEST (6 * MIB)

/* All frames are secure, and but for the first nothing was ever in them. */
static int secure(void **state)
{
	(void)state;
	fake_reset();
	fake_uv_reset(GUEST);
	for (uint64_t gfn = 1; gfn < pages.count; gfn++)
		pages_secure(&pages, gfn, true);
	return 0;
}

/* Readable and writable at @ra + its offset, or not mapped at all: a frame as a whole. */
static void frame_is(uint64_t gpa, bool mapped, uint64_t ra)
{
	for (uint64_t at = 0; at < FRAME_SIZE; at += SMALL_PAGE)
		assert_int_equal(*radix_leaf(gpa + at, false),
				 mapped ? PTE_VALID | PTE_LEAF | PTE_REF_CHANGE | PTE_R | PTE_W | (ra + at) : 0);
}

/*
 * Those from @from up to @to are mapped in their slots, and no others, but for frame 0, which has memory, if it
 * is near; nor do others get memory.
 */
static void mapped_are(uint64_t from, uint64_t to)
{
	for (uint64_t gpa = 0; gpa < GUEST; gpa += FRAME_SIZE) {
		bool mapped = gpa ? gpa >= from && gpa < to : from < 2 * MIB;

		frame_is(gpa, mapped, platform.slots + gpa);
		assert_int_equal(pages_get(&pages, gpa / FRAME_SIZE), mapped || gpa == 0 ? PAGE_SECURE : PAGE_ABSENT);
	}
}

/* The MiB around what is touched gets memory, and is mapped. */
static void test_ahead(void **state)
{
	static const struct { uint64_t touched, from, to; } cases[] = {
		{ MIB + 0x34567, MIB, 2 * MIB }, { MIB, MIB, 2 * MIB }, { 2 * MIB - 1, MIB, 2 * MIB },
		{ 0, 0, MIB }, { GUEST - 1, GUEST - MIB, GUEST },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		secure(state);
		/* none of it may show what was there before */
		memset(real(platform.slots + cases[i].from), 0xa5, MIB);
		memory_map_around(cases[i].touched);
		mapped_are(cases[i].from, cases[i].to);
		assert_true(real_is_zero(platform.slots + cases[i].from + FRAME_SIZE, MIB - FRAME_SIZE));
	}
}

/* What has memory within 2 MiB is mapped, too, where its state says; what is mapped stays as it is. */
static void test_around(void **state)
{
	(void)state;
	fake_uv_reset(GUEST);
	for (uint64_t gfn = 0; gfn < pages.count; gfn++)
		pages_secure(&pages, gfn, gfn % 16 >= 8);
	assert_true(pages_share(&pages, 0x21, PAGE_SHARED) && pages_share(&pages, 0x22, PAGE_IMPLICIT) &&
		    pages_share(&pages, 0x23, PAGE_PSEUDO));
	pages_revert(&pages, 0x24);
	*radix_leaf(0x250000, false) = 7;
	memory_map_around(3 * MIB);
	for (uint64_t gfn = 0; gfn < pages.count; gfn++) {
		uint64_t gpa = gfn * FRAME_SIZE;
		bool here = gfn >= 0x20 && gfn < 0x40 && (gfn >= 0x30 || gfn < 0x28);

		if (gfn == 0x25)
			assert_int_equal(*radix_leaf(gpa, false), 7);
		else
			frame_is(gpa, here && gfn != 0x22, gfn == 0x21 || gfn == 0x24 ? gpa : platform.slots + gpa);
	}
	platform.implicit_maps = true;
	memory_map_around(2 * MIB);
	frame_is(0x220000, true, 0x220000);
}

/* Where memory ends within the MiB that would be mapped */
static void test_end(void **state)
{
	(void)state;
	fake_uv_reset(GUEST - 3 * FRAME_SIZE);
	memory_map_around(GUEST - 4 * FRAME_SIZE);
	frame_is(GUEST - 4 * FRAME_SIZE, true, GUEST - 4 * FRAME_SIZE);
	frame_is(GUEST - 3 * FRAME_SIZE, false, 0);
}

static void test_contains(void **state)
{
	static const struct { uint64_t gpa, size; bool ok; } cases[] = {
		{ 0, 0, true },		 { 0, GUEST, true },	  { 0, GUEST + 1, false }, { GUEST - 1, 1, true },
		{ GUEST - 1, 2, false }, { GUEST, 0, true },	  { GUEST, 1, false },	   { GUEST + 1, 0, false },
		{ 5, UINT64_MAX, false }, { UINT64_MAX, 1, false }, { UINT64_MAX, 0, false }, { 1, GUEST, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(memory_contains(cases[i].gpa, cases[i].size), cases[i].ok);
		assert_int_equal(memory_is_guests(cases[i].gpa, cases[i].size), cases[i].ok);
	}
}

static void test_device(void **state)
{
	const uint64_t window = 0x200000000000;

	(void)state;
	ranges_add(&platform.mmio, (struct range){ window, window + 0x10000 });
	assert_true(memory_is_device(window, 0x10000));
	assert_false(memory_is_device(window, 0x10001));
	assert_false(memory_is_device(window - 1, 2));
	assert_true(memory_is_device(window + 0xfff8, 8));
	assert_false(memory_is_device(window + 0xfff8, 9));
	assert_false(memory_is_device(UINT64_MAX, 2));
	assert_false(memory_is_device(0, 1));
}

static int copies;

static int64_t copy_page(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	(void)out;
	assert_int_equal(number, H_PAGE_INIT);
	assert_int_equal(in[0], H_COPY_PAGE);
	assert_int_equal(in[1] % SMALL_PAGE, 0);
	memcpy(real(in[1]), real(in[2]), SMALL_PAGE);
	copies++;
	return H_SUCCESS;
}

static void test_copy(void **state)
{
	uint8_t *from = real(MIB), *to = real(4 * MIB), *before = to - 1, *after = to + 3 * SMALL_PAGE;

	(void)state;
	fake.hcall = copy_page;
	copies = 0;
	for (uint64_t i = 0; i < 4 * SMALL_PAGE; i++)
		from[i] = (uint8_t)(i * 7 + i / SMALL_PAGE);
	real_copy(4 * MIB, MIB, 3 * SMALL_PAGE);
	assert_int_equal(copies, 3);
	assert_memory_equal(from, to, 3 * SMALL_PAGE);
	assert_true(*before == 0 && *after == 0);
	real_copy(5 * MIB, MIB, 0);
	assert_int_equal(copies, 3);
}

/* Each byte counts, of what is asked for and of nothing else. */
static void test_is_zero(void **state)
{
	uint8_t *at = real(MIB);

	(void)state;
	for (int i = 0; i < 256; i++) {
		at[i] = 0x10;
		assert_int_equal(real_is_zero(MIB + 64, 128), i < 64 || i >= 192);
		at[i] = 0;
	}
	at[0] = 1;
	assert_true(real_is_zero(MIB, 0));
}

#define CASE(name) cmocka_unit_test_setup(name, secure)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_ahead),  CASE(test_around), CASE(test_end),	  CASE(test_contains),
		CASE(test_device), CASE(test_copy),   CASE(test_is_zero),
	};

	return RUN(tests);
}
