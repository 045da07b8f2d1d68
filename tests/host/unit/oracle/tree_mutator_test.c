// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fuzzer's changes to trees: what comes out is a tree, and says by the oracle what it did not
 * say before.
 */
#include <libfdt.h>

#include "tests/host/fake/tree.h"
#include "tests/host/fuzz/tree_mutator.h"
#include "tests/host/oracle/linux_tree.h"
#include "tests/host/unit/test.h"

#define ROOM  65536
#define SEEDS 20000

static uint8_t honest[ROOM], blob[ROOM], result[ROOM];
static size_t honest_size;
static struct flat flat;
static struct linux_tree linux_tree;

static int read_honest(void **state)
{
	void *tree = tree_read("pseries", 0);

	(void)state;
	honest_size = fdt_totalsize(tree);
	memcpy(honest, tree, honest_size);
	free(tree);
	return 0;
}

static size_t mutate(uint32_t seed)
{
	memcpy(blob, honest, honest_size);
	return tree_mutate(blob, honest_size, ROOM, seed);
}

static void test_same_seed_same_change(void **state)
{
	size_t size = mutate(7);

	(void)state;
	memcpy(result, blob, size);
	assert_int_equal(mutate(7), size);
	assert_memory_equal(result, blob, size);
}

/* But for properties behind children, which libfdt finds sound. */
static void test_sound(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < SEEDS; seed++) {
		const size_t size = mutate(seed);

		assert_true(size > 0 && size <= ROOM);
		assert_int_equal(fdt_totalsize(blob), size);
		assert_int_equal(fdt_check_full(blob, size), 0);
	}
}

/* Everything that a tree may say otherwise, it says within a few thousand changes. */
static void test_reaches_every_reader(void **state)
{
	uint32_t chosen = 0, rtas = 0, memory = 0, cpus = 0, phbs = 0, hcall = 0, surface = 0;
	struct linux_tree before;

	(void)state;
	flat_read(&flat, honest, honest_size);
	linux_read(&before, &flat, LINUX_6_12);
	for (uint32_t seed = 0; seed < SEEDS; seed++) {
		flat_read(&flat, blob, mutate(seed));
		linux_read(&linux_tree, &flat, LINUX_6_12);
		chosen += linux_tree.chosen != linux_tree.late_chosen;
		rtas += linux_tree.rtas.early != linux_tree.rtas.by_path;
		memory += memcmp(&linux_tree.memory, &before.memory, sizeof(before.memory)) != 0;
		cpus += linux_tree.cpus != before.cpus;
		phbs += linux_tree.phbs != before.phbs;
		hcall += linux_tree.hcall != FLAT_NONE;
		surface += linux_tree.surfaces != before.surfaces;
	}
	assert_true(chosen && rtas && memory && cpus && phbs && hcall && surface);
}

static void test_no_tree_and_no_room(void **state)
{
	(void)state;
	memset(blob, 0x5a, sizeof(blob));
	assert_int_equal(tree_mutate(blob, sizeof(blob), ROOM, 1), 0);
	memcpy(blob, honest, honest_size);
	assert_int_equal(tree_mutate(blob, honest_size, 64, 1), 0);
	assert_memory_equal(blob, honest, honest_size);
}

static void test_cross(void **state)
{
	size_t size = mutate(3);

	(void)state;
	size = tree_cross(honest, honest_size, blob, size, result, ROOM, 5);
	assert_true(size > honest_size);
	assert_int_equal(fdt_check_full(result, size), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_seed_same_change),
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_reaches_every_reader),
		cmocka_unit_test(test_no_tree_and_no_room),
		cmocka_unit_test(test_cross),
	};

	return cmocka_run_group_tests(tests, read_honest, NULL);
}
