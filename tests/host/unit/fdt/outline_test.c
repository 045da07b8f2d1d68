// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/outline.h"

#include <libfdt.h>

#include "lib/endian.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"

static struct dt_outline outline;

static int read_tree(const char *name)
{
	void *fdt = tree_read(name, 0);
	int frc = dt_outline(&outline, fdt, fdt_totalsize(fdt), DT_FULL);

	free(fdt);
	return frc;
}

static void memory_is(const struct range *want, size_t count)
{
	assert_int_equal(outline.memory.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(outline.memory.item[i].start, want[i].start);
		assert_int_equal(outline.memory.item[i].end, want[i].end);
	}
}

#define MEMORY_IS(...) memory_is((const struct range[]){ __VA_ARGS__ }, \
				 sizeof((const struct range[]){ __VA_ARGS__ }) / sizeof(struct range))

static void test_pseries(void **state)
{
	void *fdt = tree_read("pseries", 0);

	(void)state;
	assert_int_equal(dt_outline(&outline, fdt, fdt_totalsize(fdt), DT_FULL), 0);
	MEMORY_IS({ 0, 0x20000000 });
	assert_int_equal(outline.cpus, 2);
	assert_int_equal(outline.timebase_hz, 512000000);
	assert_int_equal(outline.chosen, fdt_path_offset(fdt, "/chosen"));
	assert_int_equal(outline.rtas, fdt_path_offset(fdt, "/rtas"));
	assert_int_equal(outline.phbs, 2);
	assert_int_equal(outline.phb[0].node, fdt_path_offset(fdt, "/pci@800000020000000"));
	assert_int_equal(outline.phb[0].buid, 0x800000020000000);
	assert_int_equal(outline.phb[1].buid, 0x800000020000001);
	assert_int_equal(outline.pci_devices, 4);
	assert_int_equal(outline.bridges, 2);
	assert_int_equal(outline.bridge[0].node, fdt_path_offset(fdt, "/pci@800000020000000/pci@1"));
	assert_int_equal(outline.bridge[0].address, 0x800);
	assert_int_equal(outline.bridge[1].node, fdt_path_offset(fdt, "/pci@800000020000000/pci@1/pci@3"));
	assert_int_equal(outline.bridge[1].address, 0x11800);
	assert_int_equal(outline.bridge[1].phb, 0);
	free(fdt);
}

static void test_tpm(void **state)
{
	static const struct {
		const char *parent, *compatible;
		bool want;
	} cases[] = {
		{ "vdevice", "IBM,vtpm20", true }, { "vdevice", "IBM,vtpm20\0IBM,vtpm", true }, { "vdevice", "IBM,vtpm", false },
		{ "vdevice", "IBM,vtpm200", false }, { "other", "IBM,vtpm20", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		void *fdt = tree_read("memory-nodes", 4096);
		int node;

		fdt_open_into(fdt, fdt, (int)fdt_totalsize(fdt) + 4096);
		node = fdt_add_subnode(fdt, fdt_add_subnode(fdt, 0, cases[i].parent), "vtpm@30000003");
		assert_int_equal(fdt_setprop(fdt, node, "compatible", cases[i].compatible,
					     i == 1 ? 20 : (int)strlen(cases[i].compatible) + 1), 0);
		assert_int_equal(dt_outline(&outline, fdt, fdt_totalsize(fdt), DT_FULL), 0);
		assert_int_equal(outline.tpm, cases[i].want);
		free(fdt);
	}
	assert_int_equal(read_tree("pseries"), 0);
	assert_false(outline.tpm);
}

/* The one that Linux will use: below /vdevice, by its name. */
static void test_nvram(void **state)
{
	static const struct {
		const char *parent, *name;
		bool want;
	} cases[] = {
		{ "vdevice", "nvram@71000002", true }, { "vdevice", "nvram", false }, { "vdevice", "vty@71000002", false },
		{ "other", "nvram@71000002", false }, { "", "nvram@71000002", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		void *fdt = tree_read("memory-nodes", 4096);
		int node = 0;

		fdt_open_into(fdt, fdt, (int)fdt_totalsize(fdt) + 4096);
		if (*cases[i].parent)
			node = fdt_add_subnode(fdt, 0, cases[i].parent);
		node = fdt_add_subnode(fdt, node, cases[i].name);
		assert_true(node > 0);
		assert_int_equal(dt_outline(&outline, fdt, fdt_totalsize(fdt), DT_FULL), 0);
		assert_int_equal(outline.nvram, cases[i].want ? node : -FDT_ERR_NOTFOUND);
		assert_int_equal(dt_outline(&outline, fdt, fdt_totalsize(fdt), DT_BRIEF), 0);
		assert_int_equal(outline.nvram, -FDT_ERR_NOTFOUND);
		free(fdt);
	}
}

static void test_memory_nodes(void **state)
{
	(void)state;
	assert_int_equal(read_tree("memory-nodes"), 0);
	MEMORY_IS({ 0x40000000, 0x58000000 }, { 0, 0x20000000 }, { 0x100000000, 0x500000000 });
	assert_int_equal(outline.chosen, -FDT_ERR_NOTFOUND);
	assert_int_equal(outline.rtas, -FDT_ERR_NOTFOUND);
	assert_int_equal(read_tree("memory-cells-1"), 0);
	MEMORY_IS({ 0, 0x10000000 }, { 0x80000000, 0x80001000 });
}

static void test_dynamic(void **state)
{
	(void)state;
	assert_int_equal(read_tree("dynamic-v1"), 0);
	MEMORY_IS({ 0, 0x20000000 }, { 0x100000000, 0x110000000 });
	assert_int_equal(read_tree("dynamic-v2"), 0);
	MEMORY_IS({ 0, 0x30000000 }, { 0x100000000, 0x130000000 });
}

/* One property made wrong; cells as 32-bit words. */
struct wrong {
	const char *name, *tree, *node, *prop;
	uint32_t cells[16];
	int count, want;
};

#define CELLS(...) { __VA_ARGS__ }, sizeof((uint32_t[]){ __VA_ARGS__ }) / 4
#define MEM "/memory@0"
#define DYN "/ibm,dynamic-reconfiguration-memory"

/* What kexec -p says in either kind of memory node. */
static void test_crash(void **state)
{
	static const char *const cases[][3] = {
		{ "pseries", "/memory@0", "linux,usable-memory" }, { "dynamic-v1", DYN, "linux,drconf-usable-memory" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		void *fdt = tree_read(cases[i][0], 4096);

		assert_int_equal(fdt_open_into(fdt, fdt, (int)fdt_totalsize(fdt) + 4096), 0);
		assert_int_equal(dt_outline(&outline, fdt, fdt_totalsize(fdt), DT_FULL), 0);
		assert_false(outline.crash);
		assert_int_equal(fdt_setprop(fdt, fdt_path_offset(fdt, cases[i][1]), cases[i][2], "1234567", 8), 0);
		assert_int_equal(dt_outline(&outline, fdt, fdt_totalsize(fdt), DT_FULL), 0);
		assert_true(outline.crash);
		free(fdt);
	}
}

static const struct wrong wrongs[] = {
	{ "cells of 3", "pseries", "/", "#address-cells", CELLS(3), -FDT_ERR_BADNCELLS },
	{ "cells of 4G", "pseries", "/", "#size-cells", CELLS(~0U), -FDT_ERR_BADNCELLS },
	{ "cells of two words", "pseries", "/", "#size-cells", CELLS(0, 2), -FDT_ERR_BADNCELLS },
	{ "no bytes", "pseries", MEM, "reg", { 0 }, 0, -FDT_ERR_BADVALUE },
	{ "half an entry", "pseries", MEM, "reg", CELLS(0, 0, 0), -FDT_ERR_BADVALUE },
	{ "an entry and a half", "pseries", MEM, "reg", CELLS(0, 0, 0, 1, 0, 2), -FDT_ERR_BADVALUE },
	{ "wraps", "pseries", MEM, "reg", CELLS(~0U, ~0U, 0, 2), -FDT_ERR_BADVALUE },
	{ "ends at 2^64", "pseries", MEM, "reg", CELLS(~0U, 0xffff0000, 0, 0x10000), -FDT_ERR_BADVALUE },
	{ "overlaps itself", "pseries", MEM, "reg", CELLS(0, 0, 0, 0x2000, 0, 0x1000, 0, 0x2000), -FDT_ERR_BADVALUE },
	{ "twice", "pseries", MEM, "reg", CELLS(0, 0, 0, 0x1000, 0, 0, 0, 0x1000), -FDT_ERR_BADVALUE },
	{ "overlaps another node", "memory-nodes", "/memory@50000000", "reg", CELLS(0, 0, 0, 0x1000), -FDT_ERR_BADVALUE },
	{ "lmb-size of one cell", "dynamic-v1", DYN, "ibm,lmb-size", CELLS(0x10000000), -FDT_ERR_BADVALUE },
	{ "lmb-size that overlaps", "dynamic-v1", DYN, "ibm,lmb-size", CELLS(1, 0), -FDT_ERR_BADVALUE },
	{ "v1 without count", "dynamic-v1", DYN, "ibm,dynamic-memory", { 0 }, 0, -FDT_ERR_BADVALUE },
	{ "v1 counts too many", "dynamic-v1", DYN, "ibm,dynamic-memory", CELLS(2, 0, 0, 0, 0, 0, 0), -FDT_ERR_BADVALUE },
	{ "v1 counts too few", "dynamic-v1", DYN, "ibm,dynamic-memory", CELLS(0, 0, 0, 0, 0, 0, 0), -FDT_ERR_BADVALUE },
	{ "v1 counts 4G", "dynamic-v1", DYN, "ibm,dynamic-memory", CELLS(~0U, 0, 0, 0, 0, 0, 0), -FDT_ERR_BADVALUE },
	{ "v1 of none", "dynamic-v1", DYN, "ibm,dynamic-memory", CELLS(0), 0 },
	{ "v1 wraps", "dynamic-v1", DYN, "ibm,dynamic-memory", CELLS(1, ~0U, ~0U, 0, 0, 0, 8), -FDT_ERR_BADVALUE },
	{ "v1 over memory@0", "dynamic-v1", DYN, "ibm,dynamic-memory", CELLS(1, 0, 0, 0, 0, 0, 8), -FDT_ERR_BADVALUE },
	{ "v1 reserved over memory@0", "dynamic-v1", DYN, "ibm,dynamic-memory", CELLS(1, 0, 0, 0, 0, 0, 0x88), 0 },
	{ "v2 of 4G blocks", "dynamic-v2", DYN, "ibm,dynamic-memory-v2", CELLS(1, ~0U, 8, 0, 0, 0, 8), 0 },
	{ "v2 wraps by its size", "dynamic-v2", DYN, "ibm,lmb-size", CELLS(0x80000000, 0), -FDT_ERR_BADVALUE },
	{ "v2 wraps by its base", "dynamic-v2", DYN, "ibm,dynamic-memory-v2", CELLS(1, 2, ~0U, 0xf0000000, 0, 0, 8), -FDT_ERR_BADVALUE },
	{ "timebase of two cells", "pseries", "/cpus/PowerPC,POWER9@0", "timebase-frequency", CELLS(0, 1), -FDT_ERR_BADVALUE },
	{ "host bridge of one cell", "pseries", "/pci@800000020000001", "reg", CELLS(1), -FDT_ERR_BADVALUE },
	{ "device without address", "pseries", "/pci@800000020000000/scsi@0", "reg", { 0 }, 0, -FDT_ERR_BADVALUE },
	{ "class of two cells", "pseries", "/pci@800000020000000/scsi@0", "class-code", CELLS(1, 2), -FDT_ERR_BADVALUE },
};

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		const struct wrong *w = &wrongs[i];
		void *fdt = tree_read(w->tree, 256);
		uint32_t cells[16];

		for (int n = 0; n < w->count; n++)
			be32_store(&cells[n], w->cells[n]);
		assert_int_equal(fdt_open_into(fdt, fdt, (int)fdt_totalsize(fdt) + 256), 0);
		assert_int_equal(fdt_setprop(fdt, fdt_path_offset(fdt, w->node), w->prop, cells, 4 * w->count), 0);
		print_message("%s: %s\n", w->tree, w->name);
		assert_int_equal(dt_outline(&outline, fdt, fdt_totalsize(fdt), DT_FULL), w->want);
		free(fdt);
	}
}

/* As many as there is room for, and one more. */
static void add_nodes(void *fdt, const char *parent, const char *shape, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t reg[4] = { cpu_to_fdt32(1), cpu_to_fdt32(0x100000 * i), 0, cpu_to_fdt32(0x1000) };
		char name[40];
		int node;

		snprintf(name, sizeof(name), shape, 0x100000 * i);
		node = fdt_add_subnode(fdt, fdt_path_offset(fdt, parent), name);
		assert_true(node >= 0);
		assert_int_equal(fdt_setprop(fdt, node, "reg", reg, sizeof(reg)), 0);
		if (strncmp(shape, "pci@", 4) == 0 && parent[1])
			assert_int_equal(fdt_setprop_u32(fdt, node, "class-code", 0x60400), 0);
	}
}

static void limit(const char *tree, const char *parent, const char *shape, uint32_t room)
{
	for (uint32_t more = 0; more < 2; more++) {
		void *fdt = tree_read(tree, 65536);

		assert_int_equal(fdt_open_into(fdt, fdt, (int)fdt_totalsize(fdt) + 65536), 0);
		add_nodes(fdt, parent, shape, room + more);
		assert_int_equal(dt_outline(&outline, fdt, fdt_totalsize(fdt), DT_FULL), more ? -FDT_ERR_NOSPACE : 0);
		free(fdt);
	}
}

static void test_limits(void **state)
{
	(void)state;
	limit("pseries", "/", "memory@1%08x", RANGES_MAX - 1);
	limit("pseries", "/", "pci@1%08x", DT_PHBS_MAX - 2);
	limit("pseries", "/pci@800000020000001", "pci@%x", DT_BRIDGES_MAX - 2);
}

/* QEMU lists the memory of NUMA nodes from the highest down; the one that fills a gap joins both sides. */
static void test_neighbours(void **state)
{
	void *fdt = tree_read("pseries", 65536);

	(void)state;
	assert_int_equal(fdt_open_into(fdt, fdt, (int)fdt_totalsize(fdt) + 65536), 0);
	add_nodes(fdt, "/", "memory@1%08x", 4 * RANGES_MAX);	/* a new node becomes the first */
	for (int node = fdt_first_subnode(fdt, 0); node >= 0; node = fdt_next_subnode(fdt, node))
		if (strncmp(fdt_get_name(fdt, node, NULL), "memory@1", 8) == 0) {
			uint32_t at = fdt32_ld((const fdt32_t *)fdt_getprop(fdt, node, "reg", NULL) + 1);
			const uint32_t reg[4] = { cpu_to_fdt32(1), cpu_to_fdt32(at ^ 0x100000), 0, cpu_to_fdt32(0x100000) };

			assert_int_equal(fdt_setprop_inplace(fdt, node, "reg", reg, sizeof(reg)), 0);
		}
	assert_int_equal(dt_outline(&outline, fdt, fdt_totalsize(fdt), DT_FULL), 0);
	MEMORY_IS({ 0x100000000, 0x100000000 + 4 * RANGES_MAX * 0x100000UL }, { 0, 0x20000000 });
	free(fdt);
}

/* Whatever is wrong: an answer, no access outside, and ranges that hold what was promised. */
static void test_mutated(void **state)
{
	static const char *const trees[] = { "pseries", "memory-nodes", "dynamic-v1", "dynamic-v2" };
	uint64_t seed = 7;
	int good = 0;

	(void)state;
	for (int turn = 0; turn < 20000; turn++) {
		uint8_t *fdt = tree_read(trees[turn % 4], 0);
		uint32_t size = fdt_totalsize(fdt);

		for (uint64_t n = 1 + draw(&seed) % 4; n; n--)
			fdt[40 + draw(&seed) % (size - 40)] ^= (uint8_t)(1 << draw(&seed) % 8);
		if (dt_outline(&outline, fdt, size, DT_FULL) == 0) {
			const struct ranges *memory = &outline.memory;

			good++;
			for (size_t i = 0; i < memory->count; i++) {
				assert_true(memory->item[i].start < memory->item[i].end);
				for (size_t j = 0; j < i; j++)
					assert_false(range_overlaps(memory->item[i], memory->item[j]));
			}
		}
		free(fdt);
	}
	assert_true(good > 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pseries), TEST(test_tpm), TEST(test_nvram), TEST(test_memory_nodes), TEST(test_dynamic), TEST(test_crash),
		TEST(test_wrong),
		TEST(test_limits), TEST(test_neighbours), TEST(test_mutated),
	};

	return RUN(tests);
}
