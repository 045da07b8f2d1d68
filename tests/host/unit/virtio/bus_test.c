// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding virtio functions in trees, QEMU's and damaged ones. */
#include "virtio/bus.h"

#include <libfdt.h>

#include "abi/virtio.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "tests/host/unit/test.h"

static uint8_t tree[65536];
static struct pci_bus bus;

static void cells(const char *name, uint32_t count, const uint32_t *values)
{
	uint8_t bytes[256];

	for (uint32_t i = 0; i < count; i++)
		be32_store(bytes + 4 * i, values[i]);
	fdt_property(tree, name, bytes, (int)(4 * count));
}
#define CELLS(name, ...) cells(name, sizeof((uint32_t[]){ __VA_ARGS__ }) / 4, (uint32_t[]){ __VA_ARGS__ })

static void begin_tree(void)
{
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_begin_node(tree, "rtas");
	CELLS("ibm,read-pci-config", 11);
	CELLS("ibm,write-pci-config", 12);
	fdt_end_node(tree);
}

static void begin_phb(uint32_t number)
{
	fdt_begin_node(tree, "pci@800000020000000");
	CELLS("reg", 0x8000000, 0x20000000 + number, 0, 0);
	CELLS("ranges", 0x1000000, 0, 0, 0x2000, 0, 0, 0x10000, 0x2000000, 0, 0x80000000, 0x2000, 0x80000000, 0,
	      0x80000000, 0x3000000, 0x2100, 0, 0x2100, 0, 0x100, 0);
	CELLS("ibm,dma-window", 0x80000000 + number, 0, 0, 0, 0x40000000);
}

static void add_function(const char *name, uint32_t address, uint32_t device, uint32_t subsystem)
{
	fdt_begin_node(tree, name);
	CELLS("reg", address, 0, 0, 0, 0, address | 0x1000010, 0, 0, 0, 0x80, address | 0x3000020, 0, 0, 0, 0x4000);
	CELLS("subsystem-id", subsystem);
	CELLS("class-code", 0x10000);
	CELLS("device-id", device);
	CELLS("vendor-id", VIRTIO_PCI_VENDOR);
	fdt_end_node(tree);
}

static void begin_bridge(const char *name, uint32_t address)
{
	fdt_begin_node(tree, name);
	CELLS("reg", address, 0, 0, 0, 0);
	CELLS("class-code", 0x60400);
	CELLS("vendor-id", 0x1b36);
	CELLS("device-id", 1);
}

static int find(void)
{
	fdt_end_node(tree);
	fdt_finish(tree);
	return bus_find(&bus, tree, fdt_totalsize(tree));
}

static void test_find(void **state)
{
	(void)state;
	begin_tree();
	begin_phb(0);
	add_function("scsi@0", 0, 0x1001, 2);
	begin_bridge("pci@1", 0x800);
	add_function("scsi@0", 0x10000, 0x1048, 0x1100);
	begin_bridge("pci@1", 0x10800);
	add_function("scsi@3", 0x21800, 0x1004, 8);
	fdt_end_node(tree);
	add_function("other@5", 0x12800, 0x1044, 0x1100);
	fdt_end_node(tree);
	add_function("net@2", 0x1000, 0x0fff, 1);	/* not virtio */
	fdt_end_node(tree);
	begin_phb(1);
	add_function("scsi@0", 0x800, 0x1042, 0);
	fdt_end_node(tree);
	assert_int_equal(find(), 0);
	assert_int_equal(bus.phbs, 2);
	assert_int_equal(bus.functions, 5);
	assert_int_equal(bus.phb[1].buid, 0x800000020000001);
	assert_int_equal(bus.phb[1].dma.liobn, 0x80000001);
	assert_int_equal(bus.phb[0].dma.bus.end, 0x40000000);
	assert_int_equal(bus.phb[0].window[PCI_IO].start, 0x1000);
	assert_int_equal(bus.phb[0].window[PCI_IO].offset, 0x200000000000);
	assert_int_equal(bus.phb[0].window[PCI_MEM32].end, 1UL << 32);
	assert_int_equal(bus.phb[0].window[PCI_MEM64].start, 0x210000000000);
	assert_int_equal(bus.function[0].type, VIRTIO_ID_BLOCK);
	assert_int_equal(bus.function[0].bar[0].size, 0x80);
	assert_int_equal(bus.function[0].bar[0].space, PCI_IO);
	assert_int_equal(bus.function[0].bar[4].size, 0x4000);
	assert_int_equal(bus.function[0].bar[4].space, PCI_MEM64);
	assert_int_equal(bus.function[0].bridges, 0);
	assert_int_equal(bus.function[0].config.read_token, 11);
	assert_int_equal(bus.function[0].config.write_token, 12);
	assert_int_equal(bus.function[0].node, fdt_path_offset(tree, "/pci@800000020000000/scsi@0"));
	assert_int_equal(bus.function[1].type, VIRTIO_ID_SCSI);
	assert_int_equal(bus.function[1].bridges, 1);
	assert_int_equal(bus.function[1].bridge[0], 0x800);
	assert_int_equal(bus.function[2].bridges, 2);
	assert_int_equal(bus.function[2].bridge[1], 0x10800);
	assert_int_equal(bus.function[2].config.address, 0x21800);
	assert_int_equal(bus.function[3].type, VIRTIO_ID_RNG);
	assert_int_equal(bus.function[3].bridges, 1);
	assert_int_equal(bus.function[4].phb, 1);
	assert_int_equal(bus.function[4].bridges, 0);
	assert_int_equal(bus.function[4].config.buid, 0x800000020000001);
}

/* One host bridge with one property that is not as it should be. */
static void bad_phb(const char *name, uint32_t count, const uint32_t *values)
{
	begin_tree();
	fdt_begin_node(tree, "pci@800000020000000");
	cells(name, count, values);
	fdt_end_node(tree);
	assert_int_equal(find(), E_PCI);
}
#define BAD_PHB(name, ...) bad_phb(name, sizeof((uint32_t[]){ __VA_ARGS__ }) / 4, (uint32_t[]){ __VA_ARGS__ })

static void test_bad_phb(void **state)
{
	(void)state;
	BAD_PHB("ranges", 0x2000000, 0, 0, 0, 0, 0);
	BAD_PHB("ranges", 0, 0, 0, 0, 0, 0, 1);
	BAD_PHB("ranges", 0x3000000, 0xffffffff, 0, 0, 0, 0xffffffff, 0);
	BAD_PHB("ranges", 0x3000000, 0, 0, 0xffffffff, 0, 0xffffffff, 0);
	BAD_PHB("ranges", 0x2000000, 0, 0x80000000, 0, 0, 1, 0);
	BAD_PHB("ibm,dma-window", 1, 0, 0, 0);
	BAD_PHB("ibm,dma-window", 1, 0xffffffff, 0, 0xffffffff, 0);
}

static void test_too_many(void **state)
{
	char name[32];

	(void)state;
	begin_tree();
	for (uint32_t i = 0; i <= PCI_PHBS_MAX; i++) {
		begin_phb(i);
		fdt_end_node(tree);
	}
	assert_int_equal(find(), E_TOO_MANY);
	begin_tree();
	begin_phb(0);
	for (uint32_t i = 0; i <= PCI_DEPTH; i++)
		begin_bridge("pci@1", 0x800);
	for (uint32_t i = 0; i <= PCI_DEPTH + 1; i++)
		fdt_end_node(tree);
	assert_int_equal(find(), E_TOO_MANY);
	begin_tree();
	begin_phb(0);
	for (uint32_t i = 0; i <= PCI_FUNCTIONS_MAX; i++) {
		snprintf(name, sizeof(name), "scsi@%x", i);
		add_function(name, i << 8, 0x1042, 0);
	}
	fdt_end_node(tree);
	assert_int_equal(find(), E_TOO_MANY);
}

static void test_bad_functions(void **state)
{
	(void)state;
	begin_tree();
	begin_phb(0);
	fdt_begin_node(tree, "scsi@0");		/* no reg: passed over in silence */
	CELLS("vendor-id", VIRTIO_PCI_VENDOR);
	CELLS("device-id", 0x1042);
	fdt_end_node(tree);
	fdt_begin_node(tree, "scsi@1");		/* a cut one: with a notice */
	CELLS("vendor-id", VIRTIO_PCI_VENDOR);
	CELLS("device-id", 0x1042);
	CELLS("reg", 0x800, 0, 0, 0, 0, 0x1000810);
	fdt_end_node(tree);
	fdt_begin_node(tree, "scsi@2");		/* a BAR in configuration space, one behind the last: no BARs */
	CELLS("vendor-id", VIRTIO_PCI_VENDOR);
	CELLS("device-id", 0x1042);
	CELLS("reg", 0x1000, 0, 0, 0, 0, 0x1010, 0, 0, 0, 64, 0x2001030, 0, 0, 0, 64, 0x2001000, 0, 0, 0, 64);
	fdt_end_node(tree);
	fdt_end_node(tree);
	assert_int_equal(find(), 0);
	assert_int_equal(bus.functions, 1);
	for (int i = 0; i < PCI_BARS; i++)
		assert_int_equal(bus.function[0].bar[i].size, 0);
	assert_non_null(strstr(fake.console, "virtio device at 0x800 left out"));
}

static void test_no_tokens(void **state)
{
	(void)state;
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	begin_phb(0);
	add_function("scsi@0", 0, 0x1001, 2);
	fdt_end_node(tree);
	assert_int_equal(find(), E_NO_RTAS);
}

static void test_corrupt(void **state)
{
	uint64_t seed = 5;
	static uint8_t copy[65536];
	uint32_t size;

	(void)state;
	memset(tree, 0, sizeof(tree));
	assert_int_equal(bus_find(&bus, tree, sizeof(tree)), E_TREE_CORRUPT);
	test_find(NULL);
	size = fdt_totalsize(tree);
	memcpy(copy, tree, size);
	for (int turn = 0; turn < 20000; turn++) {
		memcpy(tree, copy, size);
		for (int i = 0; i < 3; i++)
			tree[40 + draw(&seed) % (size - 40)] = (uint8_t)draw(&seed);
		bus_find(&bus, tree, size);
		fake.console_size = 0;
		assert_true(bus.functions <= PCI_FUNCTIONS_MAX && bus.phbs <= PCI_PHBS_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_find), TEST(test_bad_phb), TEST(test_too_many), TEST(test_bad_functions),
		TEST(test_no_tokens), TEST(test_corrupt),
	};

	return RUN(tests);
}
