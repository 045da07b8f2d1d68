// SPDX-License-Identifier: GPL-2.0-or-later
/* The TPM of a tree, and the log of measured boot as Linux looks for it: drivers/char/tpm/eventlog/of.c. */
#include "fdt/tpm.h"

#include <libfdt.h>

#include "lib/endian.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/fdt/room.h"
#include "tests/host/unit/test.h"

static const struct range the_log = { 0x1c000000, 0x1c012345 };

/* A tree with a TPM, and so much room. */
static void *tree_with(int space)
{
	void *fdt = tree_read("pseries", 8192);
	int node;

	assert_int_equal(fdt_open_into(fdt, fdt, (int)fdt_totalsize(fdt) + 1024), 0);
	node = fdt_add_subnode(fdt, fdt_path_offset(fdt, "/vdevice"), "vtpm@71000002");
	assert_true(node > 0);
	assert_int_equal(fdt_setprop_string(fdt, node, "compatible", "IBM,vtpm20"), 0);
	assert_int_equal(fdt_pack(fdt), 0);
	assert_int_equal(fdt_open_into(fdt, fdt, (int)fdt_totalsize(fdt) + space), 0);
	return fdt;
}

static const void *of_tpm(const void *fdt, const char *name, int size)
{
	int found;
	const void *value = fdt_getprop(fdt, fdt_path_offset(fdt, "/vdevice/vtpm@71000002"), name, &found);

	assert_int_equal(found, size);
	return value;
}

/* Base and size in the kernel's byte order, the reservation and its phandle in the tree's. */
static void check_log(const void *fdt, bool little_endian)
{
	int node = fdt_path_offset(fdt, "/reserved-memory/tpm-log@1c000000"), size;
	const uint8_t *base = of_tpm(fdt, "linux,sml-base", 8), *bytes = of_tpm(fdt, "linux,sml-size", 4), *reg;

	assert_int_equal(little_endian ? le64_load(base) : be64_load(base), 0x1c000000);
	assert_int_equal(little_endian ? le32_load(bytes) : be32_load(bytes), 0x12345);
	assert_true(node > 0);
	reg = fdt_getprop(fdt, node, "reg", &size);
	assert_int_equal(size, 16);
	assert_int_equal(be64_load(reg), 0x1c000000);
	assert_int_equal(be64_load(reg + 8), 0x12345);
	assert_int_equal(be32_load(of_tpm(fdt, "memory-region", 4)), fdt_get_phandle(fdt, node));
}

static void test_given(void **state)
{
	(void)state;
	for (int little_endian = 0; little_endian < 2; little_endian++) {
		void *fdt = tree_with(2048);

		assert_int_equal(dt_give_tpm_log(fdt, the_log, little_endian), 0);
		check_log(fdt, little_endian);
		free(fdt);
	}
}

static int give_log(void *fdt)
{
	return dt_give_tpm_log(fdt, the_log, true);
}

static void check_little(const void *fdt)
{
	check_log(fdt, true);
}

static void test_no_room(void **state)
{
	(void)state;
	assert_in_range(room_for(tree_with, give_log, check_little), 150, 500);
}

static void add_node(void *fdt, const char *name, uint64_t base, uint64_t size)
{
	int node = fdt_add_subnode(fdt, fdt_path_offset(fdt, "/reserved-memory"), name);

	assert_true(node > 0);
	assert_int_equal(fdt_setprop_u64(fdt, node, "reg", base), 0);
	assert_int_equal(fdt_appendprop_u64(fdt, node, "reg", size), 0);
}

/* A later boot keeps the memory of each log, and of nothing that only begins like one. */
static void test_kept(void **state)
{
	void *fdt = tree_with(4096);
	struct ranges set = { 0 };

	(void)state;
	assert_int_equal(dt_keep_tpm_log(fdt, &set), 0);
	assert_int_equal(dt_give_tpm_log(fdt, the_log, true), 0);
	add_node(fdt, "tpm-logs@1d000000", 0x1d000000, 0x1000);
	add_node(fdt, "tpm-log@1e000000", 0x1e000000, 0x1000);
	assert_int_equal(dt_keep_tpm_log(fdt, &set), 0);
	assert_int_equal(set.count, 2);
	assert_true(ranges_contain(&set, the_log));
	assert_true(ranges_contain(&set, (struct range){ 0x1e000000, 0x1e001000 }));
	set.count = RANGES_MAX - 1;
	assert_int_equal(dt_keep_tpm_log(fdt, &set), -FDT_ERR_NOSPACE);
	set.count = 0;
	add_node(fdt, "tpm-log@2", UINT64_MAX, 2);
	assert_int_equal(dt_keep_tpm_log(fdt, &set), -FDT_ERR_BADVALUE);
	free(fdt);
}

/* What Open Firmware has left, and that there may be none. */
static void test_found(void **state)
{
	void *fdt = tree_with(2048);
	struct range log;
	int node = dt_find_tpm(fdt);

	(void)state;
	assert_int_equal(node, fdt_path_offset(fdt, "/vdevice/vtpm@71000002"));
	log = dt_tpm_log(fdt, node);
	assert_int_equal(log.end, 0);
	assert_int_equal(dt_set_tpm_log(fdt, node, the_log, false), 0);
	log = dt_tpm_log(fdt, node);
	assert_true(log.start == the_log.start && log.end == the_log.end);
	assert_int_equal(fdt_del_node(fdt, node), 0);
	assert_int_equal(dt_find_tpm(fdt), -FDT_ERR_NOTFOUND);
	free(fdt);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_given), TEST(test_no_room), TEST(test_kept), TEST(test_found) };

	return RUN(tests);
}
