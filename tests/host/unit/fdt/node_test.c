// SPDX-License-Identifier: GPL-2.0-or-later
/* Forms of values, and names that nodes get of theirs. */
#include "fdt/node.h"

#include "lib/endian.h"
#include "tests/host/unit/test.h"

#define P(...)		       P_ROW(__VA_ARGS__)
#define P_ROW(form, step, ...) { "p", form, BOTH, step, __VA_ARGS__ }

static const struct {
	struct property_schema property;
	const char *data;
	uint32_t size;
	bool fits;
} values[] = {
	/* bytes, in steps */
	{ P(EMPTY), "", 0, true },
	{ P(EMPTY), "a", 1, false },
	{ P(BYTES(2, 4)), "abc", 3, true },
	{ P(BYTES(2, 4)), "a", 1, false },
	{ P(BYTES(2, 4)), "abcde", 5, false },
	{ P(CELLS(1, 2)), "abcd", 4, true },
	{ P(CELLS(1, 2)), "abcdefgh", 8, true },
	{ P(CELLS(1, 2)), "abcdef", 6, false },
	{ P(CELLS(1, 2)), "", 0, false },
	{ P(CELLS(1, 2)), "abcdefghijkl", 12, false },
	{ P(ENTRIES(2, 2)), "abcdefgh", 8, true },
	{ P(ENTRIES(2, 2)), "abcdefghabcdefgh", 16, true },
	{ P(ENTRIES(2, 2)), "abcdefghabcd", 12, false },
	{ P(ENTRIES(2, 2)), "abcd", 4, false },
	/* cells after their number */
	{ P(COUNTED(2, 3)), "\0\0\0\1abcd", 8, true },
	{ P(COUNTED(2, 3)), "\0\0\0\2abcdefgh", 12, true },
	{ P(COUNTED(2, 3)), "\0\0\0\2abcd", 8, false },
	{ P(COUNTED(2, 3)), "\0\0\0\1abcdefgh", 12, false },
	{ P(COUNTED(2, 3)), "\0\0\0\3abcdefghijkl", 16, false },
	{ P(COUNTED(2, 3)), "\0\0\0\0", 4, false },
	{ P(COUNTED(2, 3)), "\0\0\0\1abc", 7, false },
	/* a cell */
	{ P(CELL), "\xff\xff\xff\xff", 4, true },
	{ P(CELL), "\0\0\0\0", 4, true },
	{ P(CELL), "\0\0\0", 3, false },
	{ P(CELL), "\0\0\0\0\0", 5, false },
	{ P(CELL), "\0\0\0\0\0\0\0\1", 8, false },
	{ P(CELL_OF(2, 0x100)), "\0\0\0\2", 4, true },
	{ P(CELL_OF(2, 0x100)), "\0\0\1\0", 4, true },
	{ P(CELL_OF(2, 0x100)), "\0\0\0\1", 4, false },
	{ P(CELL_OF(2, 0x100)), "\0\0\1\1", 4, false },
	{ P(CELL_OF(2, 0x100)), "\1\0\0\2", 4, false },
	{ P(CELL_IS(7)), "\0\0\0\7", 4, true },
	{ P(CELL_IS(7)), "\0\0\0\6", 4, false },
	/* the one string */
	{ P(IS("cpu")), "cpu", 4, true },
	{ P(IS("cpu")), "cpu", 3, false },
	{ P(IS("cpu")), "cpu\0", 5, false },
	{ P(IS("cpu")), "cpv", 4, false },
	/* a string */
	{ P(STRING(4)), "abc", 4, true },
	{ P(STRING(4)), "", 1, true },
	{ P(STRING(4)), "", 0, false },
	{ P(STRING(4)), "abcd", 5, false },
	{ P(STRING(4)), "abc", 3, false },
	{ P(STRING(4)), "a\0c", 4, false },
	{ P(STRING(4)), "a\nc", 4, false },
	{ P(STRING(4)), "a\x7f" "c", 4, false },
	{ P(STRING(4)), "a\xe4" "c", 4, false },
	{ P(STRING(4)), " ~ ", 4, true },
	/* several */
	{ P(STRINGS(8)), "abc\0def", 8, true },
	{ P(STRINGS(8)), "abc", 4, true },
	{ P(STRINGS(8)), "abc\0de\1", 8, false },
	{ P(STRINGS(8)), "abc\0def", 7, false },
	{ P(STRINGS(8)), "abc\0defg", 9, false },
	/* any bytes but NUL */
	{ P(TEXT(4)), "a\n\xff", 4, true },
	{ P(TEXT(4)), "", 1, true },
	{ P(TEXT(4)), "", 0, false },
	{ P(TEXT(4)), "abc", 3, false },
	{ P(TEXT(4)), "a\0c", 4, false },
	{ P(TEXT(4)), "abcd", 5, false },
};

/* Each in memory of exactly its size. */
static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		void *data = malloc(values[i].size + !values[i].size);

		memcpy(data, values[i].data, values[i].size);
		print_message("value %zu\n", i);
		assert_int_equal(value_fits(&values[i].property, data, values[i].size), values[i].fits);
		free(data);
	}
}

static void test_constants(void **state)
{
	static const struct property_schema yes[] = {
		P(IS("x")), P(CELL_IS(0)), P(EMPTY),
	};
	static const struct property_schema no[] = {
		P(CELL), P(CELL_OF(0, 1)), P(BYTES(0, 4)), P(CELLS(2, 2)),
		P(STRING(1)),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(value_is_constant(&yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(value_is_constant(&no[i]));
}

static void test_find(void **state)
{
	(void)state;
	assert_int_equal(property_find(NODE_CPU, "device_type", 0), CPU_DEVICE_TYPE);
	assert_int_equal(property_find(NODE_CPU, "reg", 0), CPU_REG);
	assert_int_equal(property_find(NODE_CPU, "reg", CPU_REG), CPU_REG);
	assert_int_equal(property_find(NODE_CPU, "reg", CPU_REG + 1), -1);
	assert_int_equal(property_find(NODE_CPU, "ibm,associativity", 0), CPU_ASSOCIATIVITY);
	assert_int_equal(property_find(NODE_CPU, "ibm,associativity", CPU_COUNT), -1);
	assert_int_equal(property_find(NODE_CPU, "re", 0), -1);
	assert_int_equal(property_find(NODE_MEMORY, "timebase-frequency", 0), -1);
}

/* Names and properties of the schema are told apart: each constant finds its own row. */
static void test_schema(void **state)
{
	(void)state;
	for (int kind = 0; kind < NODE_KINDS; kind++) {
		const struct node_schema *schema = &node_schemas[kind];

		assert_true(schema->parent < NODE_KINDS && schema->parent <= kind);
		assert_true(schema->count > 0 && schema->count <= NODE_VALUES_MAX);
		for (int i = 0; i < schema->count; i++) {
			assert_int_equal(property_find((enum node_kind)kind, schema->property[i].name, 0), i);
			assert_true(schema->property[i].flags & BOTH);
		}
	}
}

static struct node node;

static void set_value(int value, const void *data, uint32_t size)
{
	node.value[value] = (struct node_value){ data, size };
}

static void named(enum node_kind kind, int value, const void *data, uint32_t size, uint64_t unit, const char *want)
{
	char name[NODE_NAME_SIZE];

	node = (struct node){ .kind = kind };
	if (value >= 0)
		set_value(value, data, size);
	assert_int_equal(node_unit(&node), unit);
	node_name(&node, name);
	assert_string_equal(name, want);
}

static void test_names(void **state)
{
	static const uint8_t far[16] = { 0, 0, 0, 0x12, 0x34, 0x56, 0x78, 0x90 };
	static const uint8_t device[20] = { 0x80, 0x02, 0x1a, 0x10 };	/* bus 2, device 3, function 2; a register */
	static const uint8_t first[20] = { 0, 0xff, 0xf8, 0 };

	(void)state;
	named(NODE_ROOT, -1, NULL, 0, 0, "");
	named(NODE_CPUS, -1, NULL, 0, 0, "cpus");
	named(NODE_CPU, CPU_REG, "\0\0\0\x1f", 4, 0x1f, "cpu@1f");
	named(NODE_MEMORY, MEMORY_REG, far, 16, 0x1234567890, "memory@1234567890");
	named(NODE_XICS, -1, NULL, 0, 0, "interrupt-controller");
	named(NODE_XIVE, XIVE_REG, far, 16, 0x1234567890, "interrupt-controller@1234567890");
	named(NODE_VTY, VTY_REG, "\x71\0\0\0", 4, 0x71000000, "vty@71000000");
	named(NODE_NVRAM, NVRAM_REG, "\x71\0\0\1", 4, 0x71000001, "nvram@71000001");
	named(NODE_PHB, PHB_REG, far, 16, 0x1234567890, "pci@1234567890");
	named(NODE_POOL, POOL_REG, far, 16, 0x1234567890, "restricted-dma@1234567890");
	named(NODE_PCI, PCI_REG, device, 20, 0x21a, "device@3,2");
	named(NODE_PCI, PCI_REG, first, 20, 0xfff8, "device@1f");
	assert_false(node_is_bridge(&node));
	set_value(PCI_DEVICE_TYPE, "pci", 4);
	assert_true(node_is_bridge(&node));
	node.kind = NODE_PHB;
	assert_false(node_is_bridge(&node));
}

/* A bridge is called as one. */
static void test_bridge_name(void **state)
{
	static const uint8_t reg[20] = { 0, 0, 0x29, 0 };
	char name[NODE_NAME_SIZE];

	(void)state;
	node = (struct node){ .kind = NODE_PCI };
	set_value(PCI_REG, reg, 20);
	set_value(PCI_DEVICE_TYPE, "pci", 4);
	node_name(&node, name);
	assert_string_equal(name, "pci@5,1");
}

static void test_values(void **state)
{
	static const uint8_t cells[] = { 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4 };

	(void)state;
	node = (struct node){ .kind = NODE_CHOSEN };
	set_value(CHOSEN_KERNEL, cells, 16);
	assert_int_equal(node_cell(&node, CHOSEN_KERNEL, 2), 3);
	assert_int_equal(node_u64(&node, CHOSEN_KERNEL, 1), 0x300000004);
	set_value(CHOSEN_INITRD_START, cells, 4);
	assert_int_equal(node_address(&node, CHOSEN_INITRD_START), 1);
	set_value(CHOSEN_INITRD_START, cells, 8);
	assert_int_equal(node_address(&node, CHOSEN_INITRD_START), 0x100000002);
	assert_int_equal(node_missing(&node), CHOSEN_BOOTARGS);
	set_value(CHOSEN_BOOTARGS, "", 1);
	assert_int_equal(node_missing(&node), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_forms), TEST(test_constants), TEST(test_find), TEST(test_schema), TEST(test_names),
		TEST(test_bridge_name), TEST(test_values),
	};

	return RUN(tests);
}
