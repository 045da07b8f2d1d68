// SPDX-License-Identifier: GPL-2.0-or-later
/* docs/binding: what tells a kernel where devices may reach, whole or not at all. */
#include "fdt/dma_pool.h"

#include <libfdt.h>

#include "lib/endian.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/fdt/room.h"
#include "tests/host/unit/test.h"

static const struct range pool = { 0x10000000, 0x14000000 }, rtas = { 0x1fff0000, 0x1fff1000 };

static void *tree_with(int space)
{
	void *fdt = tree_read("pseries", 4096);

	assert_int_equal(fdt_open_into(fdt, fdt, (int)fdt_totalsize(fdt) + space), 0);
	return fdt;
}

static void check_range(const uint8_t *at, struct range range)
{
	assert_int_equal(be64_load(at), range.start);
	assert_int_equal(be64_load(at + 8), range.end - range.start);
}

/* Host bridges, all of them and nobody else, have the pool's phandle. */
static void check_bridges(const void *fdt, uint32_t phandle)
{
	unsigned int bridges = 0;
	int node, size;

	fdt_for_each_subnode(node, fdt, 0) {
		const void *region = fdt_getprop(fdt, node, "memory-region", &size);
		bool bridge = strncmp(fdt_get_name(fdt, node, NULL), "pci@", 4) == 0;

		assert_int_equal(region != NULL, bridge);
		if (bridge)
			assert_int_equal(be32_load(region), phandle);
		bridges += bridge;
	}
	assert_int_equal(bridges, 2);
}

static void check_pool(const void *fdt)
{
	int node = fdt_path_offset(fdt, "/reserved-memory/restricted-dma@10000000"), size;
	const uint8_t *ranges;

	assert_true(node > 0);
	assert_string_equal(fdt_getprop(fdt, node, "compatible", NULL), "restricted-dma-pool");
	check_range(fdt_getprop(fdt, node, "reg", &size), pool);
	assert_int_equal(size, 16);
	check_bridges(fdt, fdt_get_phandle(fdt, node));
	assert_non_null(fdt_getprop(fdt, 0, "virtio,access-platform", &size));
	assert_int_equal(size, 0);
	ranges = fdt_getprop(fdt, 0, "reserved-ranges", &size);
	assert_int_equal(size, 32);
	check_range(ranges, pool);
	check_range(ranges + 16, rtas);
}

/* A second time it changes nothing. */
static void test_added(void **state)
{
	void *fdt = tree_with(4096);
	uint32_t size;

	(void)state;
	assert_int_equal(dt_add_dma_pool(fdt, pool, rtas), 0);
	check_pool(fdt);
	size = fdt_size_dt_struct(fdt);
	assert_int_equal(dt_add_dma_pool(fdt, pool, rtas), 0);
	check_pool(fdt);
	assert_int_equal(fdt_size_dt_struct(fdt), size);
	free(fdt);
}

static int add_pool(void *fdt)
{
	return dt_add_dma_pool(fdt, pool, rtas);
}

static void test_no_room(void **state)
{
	(void)state;
	assert_in_range(room_for(tree_with, add_pool, check_pool), 200, 600);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_added), TEST(test_no_room) };

	return RUN(tests);
}
