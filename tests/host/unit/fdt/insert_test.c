// SPDX-License-Identifier: GPL-2.0-or-later
/* fdt/insert.c, and the look-ups of fdt/read.c, against libfdt's own. */
#include "fdt/insert.h"

#include "fdt/edit.h"
#include "fdt/read.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"

#define ROOM   2048
#define TURNS  2000
#define LISTED 12

static const char *const trees[] = { "pseries", "memory-nodes", "dynamic-v1", "dynamic-v2" };
static const char *const names[] = { "reg", "compatible", "linux,initrd-start", "new", "ranges", "device_type", "x" };

static void *open_tree(int which, size_t room)
{
	void *tree = tree_read(trees[which], room);

	assert_int_equal(dt_open(tree, fdt_totalsize(tree) + room), 0);
	return tree;
}

static void same_value(const void *tree, int node, const char *name)
{
	int ours, theirs;
	const void *got = dt_get(tree, node, name, &ours), *want = fdt_getprop(tree, node, name, &theirs);

	assert_ptr_equal(got, want);
	assert_int_equal(ours, theirs);
}

/* Each property of each node, names that are not there, and offsets that are no node. */
static void test_get(void **state)
{
	(void)state;
	for (int which = 0; which < 4; which++) {
		void *tree = tree_read(trees[which], 0);
		int prop;

		for (int node = -8; node < (int)fdt_size_dt_struct(tree) + 8; node++)
			for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
				same_value(tree, node, names[i]);
		for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL))
			fdt_for_each_property_offset(prop, tree, node) {
				const char *name;

				assert_non_null(fdt_getprop_by_offset(tree, prop, &name, NULL));
				same_value(tree, node, name);
			}
		assert_null(dt_get(tree, 0, "x", NULL));
		free(tree);
	}
}

/* Each path, as it is, without unit addresses, and a letter longer. */
static void test_find(void **state)
{
	static const char *const wrong[] = { "/x", "/chosen/x", "/cpus@0", "/memory@0/", "/chos", "//chosen", "/pci@", "/" };

	(void)state;
	for (int which = 0; which < 4; which++) {
		void *tree = tree_read(trees[which], 0);

		for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL)) {
			char path[256], *at, *unit;

			assert_int_equal(fdt_get_path(tree, node, path, sizeof(path) - 1), 0);
			assert_int_equal(dt_find(tree, path), node);
			strcat(path, "x");
			assert_int_equal(dt_find(tree, path), fdt_path_offset(tree, path));
			path[strlen(path) - 1] = '\0';
			for (unit = path; (unit = strchr(unit, '@'));) {
				at = unit + strcspn(unit, "/");
				memmove(unit, at, strlen(at) + 1);
				assert_int_equal(dt_find(tree, path), fdt_path_offset(tree, path));
			}
		}
		for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
			assert_int_equal(dt_find(tree, wrong[i]), fdt_path_offset(tree, wrong[i]));
		assert_int_equal(dt_find(tree, "chosen"), -FDT_ERR_BADPATH);	/* no aliases */
		free(tree);
	}
}

/* Up to LISTED insertions at random nodes, sorted. Returns how many. */
static size_t make_list(struct dt_insertion *list, const void *tree, uint8_t *values, uint64_t *seed)
{
	const size_t wanted = draw(seed) % LISTED;
	size_t count = 0;

	for (int node = 0; node >= 0 && count < wanted; node = fdt_next_node(tree, node, NULL))
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && count < wanted; i++) {
			if (draw(seed) % 40)
				continue;
			list[count] = (struct dt_insertion){ node, names[i], values, (uint32_t)(draw(seed) % 40), 0 };
			for (uint32_t byte = 0; byte < list[count].size; byte++)
				values[byte] = (uint8_t)draw(seed);
			values += list[count++].size;
		}
	return count;
}

/* libfdt's way: one after the other, from the last node to the first. */
static int set_each(void *tree, const struct dt_insertion *list, size_t count)
{
	int frc = 0;

	while (frc == 0 && count--)
		frc = fdt_setprop(tree, list[count].node, list[count].name, list[count].value, (int)list[count].size);
	return frc;
}

static int properties(const void *tree, int node)
{
	int prop, count = 0;

	fdt_for_each_property_offset(prop, tree, node)
		count++;
	return count;
}

/* The same nodes in the same order, with the same properties, in whatever order. */
static void same_trees(const void *a, const void *b)
{
	int i = 0, j = 0, prop;

	for (; i >= 0 && j >= 0; i = fdt_next_node(a, i, NULL), j = fdt_next_node(b, j, NULL)) {
		assert_string_equal(fdt_get_name(a, i, NULL), fdt_get_name(b, j, NULL));
		assert_int_equal(properties(a, i), properties(b, j));
		fdt_for_each_property_offset(prop, a, i) {
			const char *name;
			int size, other_size;
			const void *value = fdt_getprop_by_offset(a, prop, &name, &size);
			const void *other = fdt_getprop(b, j, name, &other_size);

			assert_non_null(other);
			assert_int_equal(size, other_size);
			assert_memory_equal(value, other, (size_t)size);
		}
	}
	assert_int_equal(i, j);
}

/* Nothing of what lay there before is left behind a value. */
static void padded_with_zeros(const void *tree, const struct dt_insertion *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *value = dt_get(tree, list[i].node, list[i].name, NULL);

		for (uint32_t at = list[i].size; value && at % 4; at++)
			assert_int_equal(value[at], 0);
		if (i + 1 < count && list[i + 1].node != list[i].node)
			break;		/* the others have moved */
	}
}

/* What libfdt makes of the same properties; or, where they do not fit, nothing at all. */
static void test_insert(void **state)
{
	uint64_t seed = 3;
	int full = 0;

	(void)state;
	for (int turn = 0; turn < TURNS; turn++) {
		struct dt_insertion list[LISTED];
		uint8_t values[40 * LISTED];
		size_t room = draw(&seed) % 4 ? ROOM : 64 + (draw(&seed) % 128 & ~7UL), size, count;
		void *ours = open_tree(turn % 4, room), *theirs = open_tree(turn % 4, ROOM), *before;
		int frc;

		size = fdt_totalsize(ours);
		before = malloc(size);
		memcpy(before, ours, size);
		count = make_list(list, ours, values, &seed);
		frc = dt_insert(ours, list, count);
		if (frc) {
			assert_int_equal(frc, -FDT_ERR_NOSPACE);
			assert_memory_equal(ours, before, size);
			full++;
		} else {
			assert_int_equal(set_each(theirs, list, count), 0);
			assert_int_equal(fdt_check_full(ours, size), 0);
			assert_int_equal(dt_check(ours, size), 0);
			same_trees(ours, theirs);
			padded_with_zeros(ours, list, count);
		}
		free(before);
		free(ours);
		free(theirs);
	}
	assert_in_range(full, TURNS / 50, TURNS / 2);
}

static void test_refused(void **state)
{
	void *tree = open_tree(0, ROOM);
	struct dt_insertion list[2] = { { 0, "a", "", 1, 0 }, { 0, "b", "", 0xfffffffd, 0 } };

	(void)state;
	assert_int_equal(dt_insert(tree, list, 2), -FDT_ERR_NOSPACE);
	list[1].size = 0;
	list[1].node = 2;
	assert_int_equal(dt_insert(tree, list, 2), -FDT_ERR_BADOFFSET);
	list[1].node = -FDT_ERR_NOTFOUND;
	assert_int_equal(dt_insert(tree, list, 2), -FDT_ERR_BADOFFSET);
	assert_int_equal(dt_insert(tree, list, 0), 0);
	assert_int_equal(dt_check(tree, fdt_totalsize(tree)), 0);
	free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_insert),
		cmocka_unit_test(test_refused),
	};

	return RUN(tests);
}
