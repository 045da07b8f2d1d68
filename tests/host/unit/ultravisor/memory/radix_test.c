// SPDX-License-Identifier: GPL-2.0-or-later
/* The guest's table, walked as hardware walks it (ISA 3.1, III 6.7.7), and our own memory running out. */
#include "ultravisor/memory/radix.h"

#include "tests/host/unit/test.h"

#include "tests/host/fake/ultravisor.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"

#define GUEST	(4UL << 20)
#define DEVICE	0x200080000000UL

static int setup(void **state)
{
	(void)state;
	fake_reset();
	fake_uv_reset(GUEST);
	return 0;
}

/* The place of a leaf by the directories, NULL where one is missing. */
static uint64_t *walk(uint64_t gpa)
{
	static const unsigned int shifts[] = { 39, 30, 21, 12 }, bits[] = { 13, 9, 9, 9 };
	uint64_t pate = *((uint64_t *)real(radix_partition_table()) + 2), table = pate & 0x0fffffffffffff00;

	assert_int_equal(pate & 0x1f, 13);
	for (int level = 0;; level++) {
		uint64_t *entry = (uint64_t *)real(table) + (gpa >> shifts[level] & ((1UL << bits[level]) - 1));

		if (level == 3)
			return entry;
		if (!(*entry & PDE_VALID))
			return NULL;
		assert_int_equal(*entry & 0x1f, 9);
		table = *entry & 0x0fffffffffffff00;
	}
}

static void test_memory(void **state)
{
	(void)state;
	for (uint64_t gpa = 0; gpa < GUEST; gpa += SMALL_PAGE) {
		assert_ptr_equal(radix_leaf(gpa, false), walk(gpa));
		*radix_leaf(gpa, false) = gpa + 1;
	}
	for (uint64_t gpa = 0; gpa < GUEST; gpa += SMALL_PAGE)
		assert_int_equal(*walk(gpa), gpa + 1);
	assert_null(radix_leaf(GUEST, false));
	radix_clear();
	for (uint64_t gpa = 0; gpa < GUEST; gpa += SMALL_PAGE)
		assert_int_equal(*walk(gpa), 0);
}

static void test_devices(void **state)
{
	uint64_t *leaf;

	(void)state;
	assert_null(radix_leaf(DEVICE, false));
	assert_null(walk(DEVICE));
	leaf = radix_leaf(DEVICE, true);
	assert_non_null(leaf);
	assert_ptr_equal(leaf, walk(DEVICE));
	assert_int_equal(*leaf, 0);
	assert_ptr_equal(radix_leaf(DEVICE, false), leaf);
	assert_ptr_equal(radix_leaf(DEVICE + 0x1ff000, false), leaf + 511);
	assert_null(radix_leaf(DEVICE + 0x200000, false));
	assert_null(radix_leaf(1UL << 52, true));
	assert_non_null(radix_leaf((1UL << 52) - 1, true));
	/* leaves of devices stay */
	*leaf = 7;
	radix_clear();
	assert_int_equal(*leaf, 7);
}

/* 512 tables are for devices: three of the first, one for each that lies together with it. */
static void test_device_tables_end(void **state)
{
	uint64_t made = 0;

	(void)state;
	while (made < 1000 && radix_leaf(DEVICE + (made << 21), true))
		made++;
	assert_in_range(made, 100, 511);
	assert_null(radix_leaf(DEVICE + (made << 21), true));
	assert_non_null(radix_leaf(DEVICE, true));
}

static void test_process_table(void **state)
{
	(void)state;
	radix_set_process_table(0x12345);
	assert_int_equal(radix_process_table(), 0x12345);
	assert_int_equal(*((uint64_t *)real(radix_partition_table()) + 3), 0x12345);
}

/* Whatever of it is missing: false, and never an access outside, nor to the vectors at 0. */
static void test_no_room(void **state)
{
	uint64_t all, start = platform.own_used;
	const uint8_t *vectors = real(0);

	(void)state;
	assert_true(radix_init());
	all = platform.own_used - start;
	memset(real(0), 0x5a, FRAME_SIZE);
	for (uint64_t room = 0; room < all; room += room < 200000 ? 4096 : 100000) {
		platform.own.end = start + room;
		platform.own_used = start;
		assert_false(radix_init());
	}
	for (uint64_t at = 0; at < FRAME_SIZE; at++)
		assert_int_equal(vectors[at], 0x5a);
	platform.own.end = start + all;
	platform.own_used = start;
	assert_true(radix_init());
	assert_false(memory_init());
}

static void test_own_alloc(void **state)
{
	(void)state;
	platform.own = (struct range){ 0x1000, 0x3000 };
	platform.own_used = 0x1001;
	assert_int_equal(own_alloc(1, 0x1000), 0x2000);
	assert_int_equal(own_alloc(0xfff, 1), 0x2001);
	assert_int_equal(own_alloc(1, 1), 0);
	assert_int_equal(own_alloc(UINT64_MAX, 1), 0);
	assert_int_equal(own_alloc(0, 1), 0x3000);
	platform.own_used = 0x1005;
	assert_int_equal(own_alloc(1, 0x10), 0x1010);
	assert_int_equal(own_alloc(1, 1), 0x1011);
	platform.timebase_hz = 512000000;
	assert_int_equal(microseconds(1024), 2);
}

#define CASE(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_memory), CASE(test_devices), CASE(test_device_tables_end),
		CASE(test_process_table), CASE(test_no_room), CASE(test_own_alloc),
	};

	return RUN(tests);
}
