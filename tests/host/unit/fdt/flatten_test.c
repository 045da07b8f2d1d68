// SPDX-License-Identifier: GPL-2.0-or-later
/* The writer of canonical trees: who sees what, in whatever room. */
#include "fdt/flatten.h"

#include <libfdt.h>

#include "fdt/canonical.h"
#include "lib/endian.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"

#define SPACE 0x4000

static struct flatten flatten;
static uint64_t written[SPACE / 8];
static const struct ranges none;

/* The tree @name, read and written for @reader into @size bytes. */
static int write_again(const char *name, size_t size, uint8_t reader, const struct ranges *reserved)
{
	void *tree = tree_read(name, 0);
	struct tree_fault fault;
	int rc = flatten_start(&flatten, written, size, reader, reserved);

	if (rc == 0)
		rc = canonical_read(tree, fdt_totalsize(tree), &flatten.sink, &fault);
	if (rc == 0)
		rc = flatten_finish(&flatten, 0x1234);
	free(tree);
	return rc;
}

static const void *value(const char *path, const char *name, int *size)
{
	return fdt_getprop(written, fdt_path_offset(written, path), name, size);
}

/* All that may cross does so, and is there again when it is read again. */
static void test_crosses(void **state)
{
	static uint64_t once[SPACE / 8];
	struct tree_fault fault;

	(void)state;
	assert_int_equal(write_again("doctored/as-it-was", SPACE, CROSSES, &none), 0);
	assert_non_null(value("/rtas", "ibm,configure-connector", NULL));
	assert_non_null(value("/chosen", "pefboot,kernel", NULL));
	memcpy(once, written, sizeof(once));
	assert_int_equal(flatten_start(&flatten, written, SPACE, CROSSES, &none), 0);
	assert_int_equal(canonical_read(once, SPACE, &flatten.sink, &fault), 0);
	assert_int_equal(flatten_finish(&flatten, 0x1234), 0);
	assert_int_equal(fdt_totalsize(written), fdt_totalsize(once));
	assert_memory_equal(written, once, fdt_totalsize(once));
}

/* Linux does not get what was for the secure world, and all else as it was. */
static void test_linux(void **state)
{
	void *tree = tree_read("doctored/as-it-was", 0);
	int node, prop, hidden = 0, path = 0;

	(void)state;
	assert_int_equal(write_again("doctored/as-it-was", SPACE, LINUX, &none), 0);
	for (node = 0; node >= 0; node = fdt_next_node(tree, node, NULL)) {
		char name[128];

		assert_int_equal(fdt_get_path(tree, node, name, sizeof(name)), 0);
		path = fdt_path_offset(written, name);
		assert_true(path >= 0);
		fdt_for_each_property_offset(prop, tree, node) {
			const char *property;
			int size, got;
			const void *want = fdt_getprop_by_offset(tree, prop, &property, &size);
			const void *data = fdt_getprop(written, path, property, &got);

			if (!data) {
				assert_true(strcmp(property, "pefboot,kernel") == 0 ||
					    strcmp(property, "ibm,configure-connector") == 0 ||
					    strcmp(property, "ibm,lrdr-capacity") == 0);
				hidden++;
				continue;
			}
			assert_int_equal(got, size);
			assert_memory_equal(data, want, (size_t)size);
		}
	}
	assert_int_equal(hidden, 3);
	free(tree);
}

static int name_offset(const char *path, const char *name)
{
	const struct fdt_property *property = fdt_get_property(written, fdt_path_offset(written, path), name, NULL);

	assert_non_null(property);
	return (int)fdt32_to_cpu(property->nameoff);
}

/* The name of a property stands once, for all nodes of a kind. */
static void test_names(void **state)
{
	static const char *const names[] = { "reg", "vendor-id", "device-id", "class-code" };
	static const char first[] = "/pci@800000020000000/device@0", second[] = "/pci@800000020000000/pci@1/device@2";

	(void)state;
	assert_int_equal(write_again("doctored/as-it-was", SPACE, LINUX, &none), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(name_offset(first, names[i]), name_offset(second, names[i]));
	assert_int_not_equal(name_offset(first, names[0]), name_offset(first, names[1]));
}

/* What has one value is the schema's, whatever the node says. */
static void test_constants(void **state)
{
	static const uint8_t reg[16] = { 0, 0, 0, 0, 0x10 };
	struct node node = { .kind = NODE_RESERVED_MEMORY };
	int size;

	(void)state;
	assert_int_equal(flatten_start(&flatten, written, SPACE, LINUX, &none), 0);
	for (int i = 0; i < RESERVED_MEMORY_COUNT; i++)
		node.value[i] = (struct node_value){ "", 0 };
	assert_int_equal(fdt_begin_node(written, ""), 0);
	assert_int_equal(flatten.sink.begin(&flatten.sink, &node), 0);
	node.kind = NODE_POOL;
	node.value[POOL_COMPATIBLE] = (struct node_value){ "something else", 15 };
	node.value[POOL_PHANDLE] = (struct node_value){ "\0\0\0\7", 4 };
	node.value[POOL_REG] = (struct node_value){ reg, 16 };
	assert_int_equal(flatten_leaf(&flatten, &node), 0);
	assert_int_equal(flatten.sink.end(&flatten.sink), 0);
	assert_int_equal(fdt_end_node(written), 0);
	assert_int_equal(flatten_finish(&flatten, 0), 0);
	assert_int_equal(be32_load(value("/reserved-memory", "#address-cells", &size)), 2);
	assert_int_equal(size, 4);
	assert_non_null(value("/reserved-memory", "ranges", &size));
	assert_int_equal(size, 0);
	assert_string_equal(value("/reserved-memory/restricted-dma@10000000", "compatible", &size), "restricted-dma-pool");
	assert_int_equal(size, 20);
	assert_int_equal(be32_load(value("/reserved-memory/restricted-dma@10000000", "phandle", NULL)), PHANDLE_POOL);
}

/* Of the header and the memory reservation block. */
static void test_header(void **state)
{
	const struct ranges reserved = { 2, { { 0x1000, 0x3000 }, { 0x100000000, 0x100010000 } } };
	uint64_t start, size;

	(void)state;
	assert_int_equal(write_again("doctored/as-it-was", SPACE, CROSSES, &reserved), 0);
	assert_int_equal(fdt_boot_cpuid_phys(written), 0x1234);
	assert_int_equal(fdt_num_mem_rsv(written), 2);
	assert_int_equal(fdt_get_mem_rsv(written, 0, &start, &size), 0);
	assert_int_equal(start, 0x1000);
	assert_int_equal(size, 0x2000);
	assert_int_equal(fdt_get_mem_rsv(written, 1, &start, &size), 0);
	assert_int_equal(start, 0x100000000);
	assert_int_equal(size, 0x10000);
}

/* With each size it says that there is no room, and touches nothing beyond; or it is whole. */
static void test_room(void **state)
{
	uint8_t *bytes = (uint8_t *)written;
	uint32_t whole;

	(void)state;
	assert_int_equal(write_again("doctored/as-it-was", SPACE, CROSSES, &none), 0);
	whole = fdt_totalsize(written);
	for (uint32_t size = 0; size < whole + 64; size += 4) {
		int rc;

		memset(written, 0xa5, sizeof(written));
		rc = write_again("doctored/as-it-was", size, CROSSES, &none);
		assert_true(rc == 0 ? size >= whole : rc == -FDT_ERR_NOSPACE);
		for (uint32_t i = size; i < SPACE; i++)
			assert_int_equal(bytes[i], 0xa5);
	}
	assert_int_equal(write_again("doctored/as-it-was", whole + 64, CROSSES, &none), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_crosses), TEST(test_linux), TEST(test_names), TEST(test_constants), TEST(test_header), TEST(test_room),
	};

	return RUN(tests);
}
