// SPDX-License-Identifier: GPL-2.0-or-later
/* Nodes below /reserved-memory, as Linux's drivers/of/of_reserved_mem.c wants them. */
#include "fdt/reserved_memory.h"

#include <libfdt.h>

#include "lib/endian.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/fdt/room.h"
#include "tests/host/unit/test.h"

static const struct range range = { 0x3c000000, 0x140000000 };

static void *tree_with(int space)
{
	void *fdt = tree_read("pseries", 4096);

	assert_int_equal(fdt_open_into(fdt, fdt, (int)fdt_totalsize(fdt) + space), 0);
	return fdt;
}

static void cells_are(const void *fdt, const char *path, const char *property, const uint32_t *want, int count)
{
	int size = -1;
	const uint8_t *cells = fdt_getprop(fdt, fdt_path_offset(fdt, path), property, &size);

	print_message("%s %s\n", path, property);
	assert_int_equal(size, 4 * count);
	for (int i = 0; i < count; i++)
		assert_int_equal(be32_load(cells + 4 * i), want[i]);
}
#define CELLS_ARE(path, property, ...) cells_are(fdt, path, property, (const uint32_t[]){ __VA_ARGS__ }, \
						 sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

static void test_made(void **state)
{
	void *fdt = tree_with(4096);
	uint32_t phandle = 0;
	int node = dt_reserve_memory(fdt, "thing", range, &phandle);

	(void)state;
	assert_int_equal(node, fdt_path_offset(fdt, "/reserved-memory/thing@3c000000"));
	CELLS_ARE("/reserved-memory", "#address-cells", 2);
	CELLS_ARE("/reserved-memory", "#size-cells", 2);
	cells_are(fdt, "/reserved-memory", "ranges", NULL, 0);
	CELLS_ARE("/reserved-memory/thing@3c000000", "reg", 0, 0x3c000000, 1, 0x04000000);
	CELLS_ARE("/reserved-memory/thing@3c000000", "phandle", phandle);
	assert_int_equal(fdt_node_offset_by_phandle(fdt, phandle), node);
	free(fdt);
}

/* What is there already stays, with its phandle; another one is another. */
static void test_there(void **state)
{
	void *fdt = tree_with(4096);
	uint32_t first = 0, again = 0, other = 0;

	(void)state;
	assert_true(dt_reserve_memory(fdt, "thing", range, &first) > 0);
	assert_true(dt_reserve_memory(fdt, "other", range, &other) > 0);
	assert_true(dt_reserve_memory(fdt, "thing", (struct range){ range.start, range.start + 1 }, &again) > 0);
	assert_int_equal(again, first);
	assert_int_not_equal(other, first);
	CELLS_ARE("/reserved-memory/thing@3c000000", "reg", 0, 0x3c000000, 0, 1);
	free(fdt);
}

static int reserve(void *fdt)
{
	uint32_t phandle;
	int node = dt_reserve_memory(fdt, "thing", range, &phandle);

	assert_int_not_equal(node, 0);
	return node > 0 ? 0 : node;
}

static void test_no_room(void **state)
{
	(void)state;
	assert_in_range(room_for(tree_with, reserve, NULL), 100, 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_made), TEST(test_there), TEST(test_no_room) };

	return RUN(tests);
}
