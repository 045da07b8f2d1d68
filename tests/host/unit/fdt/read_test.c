// SPDX-License-Identifier: GPL-2.0-or-later
/* fdt/read.c, fdt/edit.c and what fdt/libfdt.c does otherwise than libfdt. */
#include "fdt/read.h"

#include "fdt/edit.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"

const char *fdt_find_string_(const char *table, int size, const char *name);
const char *fdt_find_string_bytewise(const char *table, int size, const char *name);

#define SPACE 8192

static void *tree;
static int node;

/* A tree with a node /n to try things on. */
static int start(void **state)
{
	(void)state;
	fake_reset();
	tree = tree_read("pseries", SPACE);
	assert_int_equal(dt_open(tree, fdt_totalsize(tree) + SPACE), 0);
	node = fdt_add_subnode(tree, 0, "n");
	return node < 0;
}

static int end(void **state)
{
	(void)state;
	free(tree);
	return 0;
}

static void set(const char *name, const void *value, int size)
{
	assert_int_equal(fdt_setprop(tree, node, name, value, size), 0);
}

static void test_numbers(void **state)
{
	static const uint8_t bytes[20] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	uint64_t one = 0, two = 0;
	uint32_t word = 0;

	(void)state;
	assert_int_equal(dt_u32(tree, node, "x", &word), -FDT_ERR_NOTFOUND);
	assert_int_equal(dt_u32_or_u64(tree, node, "x", &one), -FDT_ERR_NOTFOUND);
	assert_int_equal(dt_u64_pair(tree, node, "x", &one, &two), -FDT_ERR_NOTFOUND);
	for (int size = 0; size <= 20; size++) {
		set("x", bytes, size);
		assert_int_equal(dt_u32(tree, node, "x", &word), size == 4 ? 0 : -FDT_ERR_BADVALUE);
		assert_int_equal(dt_u32_or_u64(tree, node, "x", &one), size == 4 || size == 8 ? 0 : -FDT_ERR_BADVALUE);
		assert_int_equal(dt_u64_pair(tree, node, "x", &one, &two), size == 16 ? 0 : -FDT_ERR_BADVALUE);
	}
	set("x", bytes, 4);
	dt_u32(tree, node, "x", &word);
	assert_int_equal(word, 0x00010203);
	dt_u32_or_u64(tree, node, "x", &one);
	assert_int_equal(one, 0x00010203);
	set("x", bytes, 8);
	dt_u32_or_u64(tree, node, "x", &one);
	assert_int_equal(one, 0x0001020304050607);
	set("x", bytes, 16);
	dt_u64_pair(tree, node, "x", &one, &two);
	assert_int_equal(two, 0x08090a0b0c0d0e0f);
	assert_int_equal(dt_u32(tree, -FDT_ERR_NOTFOUND, "x", &word), -FDT_ERR_BADOFFSET);
}

static void test_strings(void **state)
{
	(void)state;
	assert_null(dt_string(tree, node, "s"));
	set("s", "abc", 3);
	assert_null(dt_string(tree, node, "s"));
	set("s", "", 0);
	assert_null(dt_string(tree, node, "s"));
	set("s", "abc", 4);
	assert_string_equal(dt_string(tree, node, "s"), "abc");
	set("s", "ab\0cd", 6);
	assert_string_equal(dt_string(tree, node, "s"), "ab");
}

static void test_reservations(void **state)
{
	struct ranges set_of = { 0 };

	(void)state;
	assert_int_equal(dt_reservations(tree, &set_of), 0);
	assert_int_equal(set_of.count, 2);
	assert_int_equal(set_of.item[0].start, 0x400000);
	assert_int_equal(set_of.item[0].end, 0x2400000);
	assert_int_equal(fdt_add_mem_rsv(tree, UINT64_MAX, 16), 0);
	assert_int_equal(dt_reservations(tree, &set_of), -FDT_ERR_BADVALUE);
	fdt_del_mem_rsv(tree, 2);
	for (uint64_t i = 0; i < RANGES_MAX - 1; i++)
		assert_int_equal(fdt_add_mem_rsv(tree, 0x10000 * i, 0x1000), 0);
	set_of.count = 0;
	assert_int_equal(dt_reservations(tree, &set_of), -FDT_ERR_NOSPACE);
}

static void test_set_reservations(void **state)
{
	struct ranges keep = { 2, { { 0x1000, 0x3000 }, { 0x10000, 0x10008 } } }, got = { 0 };

	(void)state;
	assert_int_equal(dt_set_reservations(tree, &keep), 0);
	assert_int_equal(dt_reservations(tree, &got), 0);
	assert_int_equal(got.count, 2);
	assert_memory_equal(got.item, keep.item, 2 * sizeof(struct range));
	keep.count = 0;
	assert_int_equal(dt_set_reservations(tree, &keep), 0);
	assert_int_equal(fdt_num_mem_rsv(tree), 0);
	assert_int_equal(fdt_check_full(tree, fdt_totalsize(tree)), 0);
}

/* What is there wins; what begins with the exception stays away. */
static void test_copy_missing(void **state)
{
	void *other = tree_read("pseries", 0);
	int from = fdt_path_offset(other, "/chosen");

	(void)state;
	set("bootargs", "mine", 5);
	assert_int_equal(dt_copy_missing(tree, node, other, from, "qemu,"), 0);
	assert_string_equal(dt_string(tree, node, "bootargs"), "mine");
	assert_string_equal(dt_string(tree, node, "stdout-path"), "/vdevice/vty@71000000");
	assert_null(fdt_getprop(tree, node, "qemu,boot-kernel", NULL));
	assert_null(fdt_getprop(tree, node, "qemu,boot-kernel-le", NULL));
	assert_non_null(fdt_getprop(tree, node, "rng-seed", NULL));
	assert_int_equal(fdt_check_full(tree, fdt_totalsize(tree)), 0);
	assert_int_equal(dt_copy_missing(tree, node, other, 3, "qemu,"), -FDT_ERR_BADOFFSET);
	free(other);
}

/* More of them than are copied at once. */
static void test_copy_many(void **state)
{
	void *other = tree_read("pseries", SPACE);
	char name[16];
	int from;

	(void)state;
	assert_int_equal(fdt_open_into(other, other, (int)fdt_totalsize(other) + SPACE), 0);
	from = fdt_path_offset(other, "/chosen");
	for (uint32_t i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "many-%u", i);
		assert_int_equal(fdt_setprop_u32(other, from, name, i), 0);
	}
	assert_int_equal(dt_copy_missing(tree, node, other, from, "qemu,"), 0);
	for (uint32_t i = 0, value; i < 40; i++) {
		snprintf(name, sizeof(name), "many-%u", i);
		assert_int_equal(dt_u32(tree, node, name, &value), 0);
		assert_int_equal(value, i);
	}
	assert_int_equal(fdt_check_full(tree, fdt_totalsize(tree)), 0);
	free(other);
}

/* Where there is no room left, libfdt says so. */
static void test_close_and_full(void **state)
{
	static uint8_t big[SPACE];
	uint32_t before, after;

	(void)state;
	before = fdt_totalsize(tree);
	assert_int_equal(dt_close(tree, 64), 0);
	after = fdt_totalsize(tree);
	assert_true(after < before);
	assert_int_equal(fdt_check_full(tree, after), 0);
	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/n"), "big", big, sizeof(big)), -FDT_ERR_NOSPACE);
	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/n"), "b", big, 16), 0);
	assert_int_equal(dt_open(tree, 64), -FDT_ERR_NOSPACE);
}

/*
 * fdt_find_string_: a whole string of the table, or nothing. libfdt's also finds the tail of one, so it
 * may find more; what ours finds is the name, and it finds each whole string that libfdt finds first.
 */
static bool whole(const char *table, const char *found)
{
	return found == table || found[-1] == '\0';
}

static void test_find_string(void **state)
{
	uint64_t seed = 8;

	(void)state;
	for (int turn = 0; turn < 50000; turn++) {
		int size = (int)(draw(&seed) % 24);
		char *table = malloc((size_t)size + 1), name[8] = "";
		const char *ours, *theirs;

		for (int i = 0; i < size; i++)
			table[i] = "ab\0"[draw(&seed) % 3];
		for (uint64_t i = draw(&seed) % 4; i; i--)
			name[i - 1] = "ab"[draw(&seed) % 2];
		table = realloc(table, size ? (size_t)size : 1);
		ours = fdt_find_string_(table, size, name);
		theirs = fdt_find_string_bytewise(table, size, name);
		if (ours) {
			assert_string_equal(ours, name);
			assert_true(whole(table, ours));
			assert_non_null(theirs);
		} else if (theirs) {
			assert_false(whole(table, theirs));
		}
		free(table);
	}
}

/* A value of any name that editing adds is found again. */
static void test_names(void **state)
{
	(void)state;
	set("device_type", "x", 2);
	set("type", "y", 2);	/* a tail of another name */
	set("device", "z", 2);
	assert_string_equal(dt_string(tree, node, "type"), "y");
	assert_string_equal(dt_string(tree, node, "device_type"), "x");
	assert_string_equal(dt_string(tree, node, "device"), "z");
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_numbers), T(test_strings), T(test_reservations), T(test_set_reservations),
		T(test_copy_missing), T(test_copy_many), T(test_close_and_full), T(test_find_string), T(test_names),
	};

	return RUN(tests);
}
