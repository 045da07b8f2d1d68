// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The secure stage and trees that a hostile host might hand it, tests/host/data/doctored: each ends in its
 * error number, or in a guest that is as it should be. No case is known by name to the code.
 */
#include <libfdt.h>

#include "boot/handover.h"
#include "boot/secure/secure.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/kernel.h"
#include "lib/version.h"
#include "tests/host/fake/events.h"
#include "tests/host/fake/judge.h"
#include "tests/host/fake/stage.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"

/* A tree, the number it ends in (0: it boots), and a word that the error must say. */
static const struct doctored {
	const char *name;
	int number;
	const char *word;
} cases[] = {
	{ "as-it-was", 0, "" },
	{ "kernel-missing", 501, "pefboot,kernel" },
	{ "kernel-short", 501, "pefboot,kernel" },
	{ "kernel-wraps", 501, "pefboot,kernel" },
	{ "kernel-beyond-memory", 502, "kernel" },
	{ "kernel-giant", 502, "kernel" },
	{ "kernel-in-frame-0", 502, "kernel 0x8000-0x2008000 in frame 0" },
	{ "kernel-over-initrd", 502, "initrd" },
	{ "kernel-over-stage", 502, "pefboot" },
	{ "kernel-moves-over-initrd", 502, "where the kernel moves to" },
	{ "initrd-backwards", 501, "linux,initrd" },
	{ "initrd-without-end", 501, "half an initrd" },
	{ "initrd-missing", 0, "" },
	{ "initrd-three-bytes", 501, "linux,initrd" },
	{ "initrd-beyond-memory", 502, "initrd" },
	{ "initrd-in-frame-0", 502, "initrd 0xfff0-0x20000 in frame 0" },
	{ "initrd-over-kernel", 502, "initrd" },
	{ "initrd-over-rtas", 502, "rtas" },
	{ "initrd-over-stage", 502, "initrd" },
	{ "initrd-over-tree", 502, "tree" },
	{ "initrd-over-everything", 502, "initrd" },
	{ "initrd-over-pool", 0, "" },
	{ "initrd-leaves-no-pool", 601, "" },
	{ "initrd-empty", 0, "" },
	{ "initrd-odd", 0, "" },
	{ "rtas-missing", 501, "rtas" },
	{ "rtas-without-base", 501, "linux,rtas-base" },
	{ "rtas-entry-elsewhere", 501, "/rtas" },
	{ "rtas-size-small", 501, "rtas-size" },
	{ "rtas-size-giant", 501, "rtas-size" },
	{ "rtas-into-kernel", 502, "rtas" },
	{ "rtas-into-initrd", 502, "rtas" },
	{ "rtas-into-stage", 502, "rtas" },
	{ "rtas-beyond-memory", 502, "rtas" },
	{ "rtas-at-zero", 502, "in frame 0" },
	{ "rtas-within-a-frame", 501, "/rtas" },
	{ "blob-elsewhere", 0, "" },
	{ "blob-beyond-memory", 502, "ESM blob" },
	{ "blob-backwards", 502, "ESM blob" },
	{ "blob-half", 501, "half an ESM blob" },
	{ "blob-of-one-cell", 501, "linux,esm-blob" },
	{ "rtas-code-elsewhere", 503, "" },
	{ "rtas-base-of-two-cells", 501, "linux,rtas-base" },
	{ "chosen-missing", 501, "chosen" },
	{ "bootargs-not-text", 501, "bootargs" },
	{ "bootargs-bad-word", 211, "pefboot." },
	{ "cpu-boots-another", 501, "threads" },
	{ "cpu-without-type", 501, "device_type" },
	{ "cpus-of-two-cells", 501, "#address-cells" },
	{ "cpus-missing", 501, "cpus" },
	{ "cpu-blocks", 0, "" },
	{ "cpu-block-twice", 501, "d-cache-block-size" },
	{ "cpu-block-zero", 501, "d-cache-line-size" },
	{ "cpu-block-short", 501, "i-cache-block-size" },
	{ "cpu-thread-of-another", 501, "cpu@1: a thread of the CPU before" },
	{ "terminals-too-many", 501, "over 16 terminals" },
	{ "cpu-threads", 501, "boot CPU 0 not in /cpus" },
	{ "cpu-version-unknown", 501, "cpu-version" },
	{ "cpu-version-raw", 0, "" },
	{ "cpu-without-time", 501, "timebase" },
	{ "memory-without-type", 501, "device_type" },
	{ "memory-missing", 501, "memory" },
	{ "memory-empty-reg", 501, "property \"reg\": bad value" },
	{ "memory-not-at-zero", 501, "memory@0" },
	{ "memory-giant-count", 501, "ibm,dynamic-reconfiguration-memory" },
	{ "memory-giant-block", 501, "ibm,dynamic-reconfiguration-memory" },
	{ "memory-tiny", 502, "kernel 0x400000-0x2400000 is not in memory" },
	{ "memory-overstated", 510, "0x1fff0000-0x100000000" },
	{ "memory-of-a-device", 510, "UV_UNSHARE_PAGE" },
	{ "cells-giant", 501, "#address-cells" },
	{ "cells-of-eight-bytes", 501, "#size-cells" },
	{ "reservation-over-kernel", 502, "reservation" },
	{ "reservation-over-initrd", 502, "reservation" },
	{ "reservation-over-stage", 502, "reservation" },
	{ "reservation-over-rtas-and-tree", 502, "reservation" },
	{ "reservation-where-kernel-moves", 502, "reservation" },
	{ "reservation-beyond-memory", 502, "is not in memory" },
	{ "reservation-wraps", 501, "reservations" },
	{ "reservation-of-all", 502, "reservation" },
	{ "reservation-of-a-part", 0, "" },
	{ "reservation-of-a-part-over-initrd", 502, "reservation 0x2500000-0x2510000" },
	{ "reservations-too-many", 501, "reservations" },
	{ "reservation-leaves-no-pool", 601, "" },
	{ "reservation-leaves-little", 0, "" },
	{ "phb-window-over-memory", 502, "window" },
	{ "phb-window-wraps", 502, "window" },
	{ "phb-window-of-all", 502, "window" },
	{ "phb-window-short", 501, "ranges" },
	{ "phb-without-reg", 501, "reg" },
	{ "phb-reg-short", 501, "reg" },
	{ "phandle-cyclic", 501, "phandle" },
	{ "phandle-highest", 501, "event-sources" },
	{ "reserved-memory-there", 501, "reserved-memory" },
	{ "reserved-ranges-there", 501, "reserved-ranges" },
	{ "record-there", 501, "pefboot" },
	{ "flag-there-as-text", 501, "virtio,access-platform" },
	{ "vscsi-and-vlan", 501, "l-lan" },
	{ "unknown-memory-user", 501, "nvdimm" },
	{ "xive", 0, "" },
	{ "xive-over-memory", 502, "interrupt controller at 0x10000000" },
	{ "xive-wraps", 502, "interrupt controller at 0xffffffffffff0000" },
	{ "deep", 501, "unknown" },
};

static struct guest guest;

static void run_tree(const char *name)
{
	char path[80];
	void *tree;

	snprintf(path, sizeof(path), "doctored/%s", name);
	tree = tree_read(path, 0);
	fake_stage_reset(tree, fdt_totalsize(tree));
	free(tree);
}

static void clear_of(struct range part)
{
	assert_false(range_overlaps(guest.pool, part));
}

/* The pool is all that was shared, and lies over nothing. */
static void pool_is_sane(void)
{
	const struct range tree = { (uintptr_t)guest.tree,
				    (uintptr_t)guest.tree + fdt_totalsize(guest.tree) };

	assert_int_equal(fake_stage.share_calls, 1);
	assert_int_equal(fake_stage.shared.start, guest.pool.start);
	assert_int_equal(fake_stage.shared.end, guest.pool.end);
	assert_int_equal(range_size(guest.pool), 64 << 20);
	assert_int_equal(guest.pool.start % 0x40000, 0);
	assert_true(guest.pool.end <= STAGE_MEMORY);
	clear_of(guest.kernel);
	clear_of(guest.kernel_final);
	clear_of(guest.initrd);
	clear_of(guest.rtas);
	clear_of(guest.image);
	clear_of(tree);
}

static void bytes_are(int node, const char *name, const void *want, int size)
{
	int got;
	const void *value = fdt_getprop(guest.tree, node, name, &got);

	assert_non_null(value);
	assert_int_equal(got, size);
	assert_memory_equal(value, want, (size_t)size);
}

/* One reserved region, the pool, and every host bridge named it. */
static void tree_names_the_pool(void)
{
	const void *tree = guest.tree;
	int parent = fdt_path_offset(tree, "/reserved-memory"), pool, node;
	fdt32_t phandle;
	uint8_t reg[16];

	be64_store(reg, guest.pool.start);
	be64_store(reg + 8, range_size(guest.pool));
	pool = fdt_first_subnode(tree, parent);
	assert_true(pool > 0);
	assert_int_equal(fdt_next_subnode(tree, pool), -FDT_ERR_NOTFOUND);
	bytes_are(pool, "reg", reg, 16);
	bytes_are(pool, "compatible", "restricted-dma-pool", 20);
	phandle = cpu_to_fdt32(fdt_get_phandle(tree, pool));
	assert_int_equal(fdt_node_offset_by_phandle(tree, fdt32_to_cpu(phandle)), pool);
	fdt_for_each_subnode(node, tree, 0)
		if (strncmp(fdt_get_name(tree, node, NULL), "pci@", 4) == 0)
			bytes_are(node, "memory-region", &phandle, 4);
	bytes_are(0, "virtio,access-platform", "", 0);
}

/* Where kexec must not put a kernel: the pool, RTAS, and all that somebody else reserves. */
static void kexec_is_kept_out(void)
{
	uint8_t ranges[16 * (2 + RANGES_MAX)];
	struct range all[2 + RANGES_MAX] = { guest.pool, guest.rtas };
	size_t count = 2;

	for (size_t i = 0; i < guest.reserved.count; i++)
		if (!range_contains(guest.rtas, guest.reserved.item[i]))
			all[count++] = guest.reserved.item[i];
	for (size_t i = 0; i < count; i++) {
		be64_store(ranges + 16 * i, all[i].start);
		be64_store(ranges + 16 * i + 8, range_size(all[i]));
	}
	bytes_are(0, "reserved-ranges", ranges, (int)(16 * count));
}

static void tree_is_sane(void)
{
	static const char *const gone[] = {
		"/vdevice/l-lan@71000001", "/vdevice/v-scsi@71000002", "/nvdimm@0",
		"/ibm,persistent-memory",
	};
	const void *tree = guest.tree;
	uint8_t pool[16];
	int record = fdt_path_offset(tree, "/chosen/pefboot");

	assert_int_equal(dt_check(tree, TREE_SPACE), 0);
	assert_int_equal((uintptr_t)tree % 8, 0);	/* Devicetree Specification v0.4, 5.6 */
	tree_names_the_pool();
	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		assert_int_equal(fdt_path_offset(tree, gone[i]), -FDT_ERR_NOTFOUND);
	kexec_is_kept_out();
	be64_store(pool, guest.pool.start);
	be64_store(pool + 8, range_size(guest.pool));
	bytes_are(record, "pool", pool, 16);
	bytes_are(record, "kernel", "unverified", 11);
	bytes_are(record, "firmware", VERSION, sizeof(VERSION));
}

static void test_doctored(void **state)
{
	const struct doctored *doctored = *state;
	int number;

	run_tree(doctored->name);
	number = fake_stage_run(&guest);
	if (number != doctored->number)
		print_error("E%d %s: %s\n", number, error_what(number), error_text());
	assert_int_equal(number, doctored->number);
	if (number) {
		assert_non_null(strstr(error_text(), doctored->word));
		return;
	}
	pool_is_sane();
	tree_is_sane();
	assert_null(judge_guest(&guest));
}

static void test_not_secure(void **state)
{
	(void)state;
	run_tree("as-it-was");
	fake.msr = 0;
	assert_int_equal(fake_stage_run(&guest), E_NOT_SECURE);
}

/* With @count nodes of memory behind the first, in its form, each of @size bytes, so far apart from @base on. */
static int run_with_memory(uint64_t base, uint64_t size, uint64_t apart, size_t count)
{
	static char name[RANGES_MAX][32];
	static uint8_t reg[RANGES_MAX][16];
	static struct tree_events events;
	struct tree_event node[8];
	size_t first, behind;
	void *tree = tree_read("doctored/as-it-was", 0), *more;

	events_read(&events, tree);
	first = events_node(&events, "memory@0");
	behind = events_behind(&events, first);
	assert_true(behind - first <= sizeof(node) / sizeof(node[0]));
	memcpy(node, &events.at[first], (behind - first) * sizeof(node[0]));
	for (size_t i = count; i--;) {
		uint64_t at = base + i * apart;

		snprintf(name[i], sizeof(name[i]), "memory@%lx", at);
		be64_store(reg[i], at);
		be64_store(reg[i] + 8, size);
		node[0].name = name[i];
		node[events_property(&events, "memory@0", "reg") - first].value = reg[i];
		events_insert(&events, behind, node, behind - first);
	}
	more = events_write(&events);
	fake_stage_reset(more, fdt_totalsize(more));
	free(more);
	free(tree);
	return fake_stage_run(&guest);
}

/* In the right place of the tree, and in the right form: what is wrong is only what they say. */
static void test_memory(void **state)
{
	(void)state;
	assert_int_equal(run_with_memory(0x1ffff000, 0x1000, 0, 1), E_VERIFY_TREE);
	assert_string_equal(error_text(), "memory@1ffff000: wraps or overlaps");
	assert_int_equal(run_with_memory(0xfffffffff0000000, 0x20000000, 0, 1), E_VERIFY_TREE);
	assert_string_equal(error_text(), "memory@fffffffff0000000: wraps or overlaps");
	assert_int_equal(run_with_memory(0x30000000, 0x10000, 0x20000, RANGES_MAX), E_VERIFY_TREE);
	assert_string_equal(error_text(), "memory@307e0000: too many");
	/* where there is nothing wrong with it, it is asked for, and is not there */
	assert_int_equal(run_with_memory(0x30000000, 0x10000, 0x20000, RANGES_MAX - 1), E_NOT_OURS);
}

/* So many reservations, of a frame each, that they do not fit beside what else has its place: said, or it boots. */
static void test_many_reservations(void **state)
{
	int last = 0;

	(void)state;
	for (int count = RANGES_MAX - 12; count <= RANGES_MAX + 1; count++) {
		void *tree = tree_read("doctored/as-it-was", 4096);
		int number;

		assert_int_equal(fdt_open_into(tree, tree, (int)fdt_totalsize(tree) + 4096), 0);
		while (fdt_num_mem_rsv(tree) < count)
			assert_int_equal(fdt_add_mem_rsv(tree, 0x3000000 + 0x20000 * (uint64_t)fdt_num_mem_rsv(tree), 0x10000), 0);
		assert_int_equal(fdt_pack(tree), 0);
		fake_stage_reset(tree, fdt_totalsize(tree));
		free(tree);
		number = fake_stage_run(&guest);
		print_message("%d reservations: E%d %s\n", count, number, number ? error_text() : "");
		assert_true(number == 0 || number == E_TOO_MANY || number == E_NO_POOL || number == E_VERIFY_TREE);
		assert_true(number == last || (last != E_VERIFY_TREE && number != 0));
		last = number;
	}
	assert_int_equal(last, E_VERIFY_TREE);
}

/* One that takes most of its frame leaves no room for another, where all other memory is somebody's. */
static void test_no_room_for_a_tree(void **state)
{
	void *tree = tree_read("doctored/reservation-leaves-little", 65536);

	(void)state;
	assert_int_equal(fdt_open_into(tree, tree, 40960), 0);
	fake_stage_reset(tree, 40960);
	free(tree);
	assert_int_equal(fake_stage_run(&guest), E_NO_POOL);
	assert_non_null(strstr(error_text(), "no room for a tree of"));
}

/* References by phandle would be to both. */
static void test_two_controllers(void **state)
{
	void *tree = (void *)STAGE_TREE;
	int node;

	(void)state;
	run_tree("xive-and-xics");
	node = fdt_path_offset(tree, "/interrupt-controller@6030203180000");
	assert_int_equal(fdt_setprop_inplace_u32(tree, node, "phandle", 1), 0);
	assert_int_equal(fake_stage_run(&guest), E_VERIFY_TREE);
	assert_string_equal(error_text(), "two interrupt controllers");
}

#define PHB    "/pci@800000020000000"
#define DEVICE PHB "/device@0"
#define BRIDGE PHB "/pci@1"

static int run_with_cell(const char *path, const char *name, uint32_t index, uint32_t value)
{
	void *tree = (void *)STAGE_TREE;
	uint8_t *property;

	run_tree("as-it-was");
	property = fdt_getprop_w(tree, fdt_path_offset(tree, path), name, NULL);
	assert_non_null(property);
	be32_store(property + 4 * index, value);
	return fake_stage_run(&guest);
}

/* One cell of a property is another: of PCI devices what Linux takes from it as their bus. */
static void test_cells(void **state)
{
	static const struct {
		const char *path, *name;
		uint32_t index, value;
		const char *word;	/* NULL: it boots */
	} cells[] = {
		{ DEVICE, "reg", 0, 0x10000, "PCI device 0x100 on bus 0" },
		{ DEVICE, "class-code", 0, 0x604ff, "PCI device 0x0 on bus 0" },
		{ DEVICE, "class-code", 0, 0x60300, NULL },
		{ BRIDGE, "class-code", 0, 0x60300, "PCI device 0x8 on bus 0" },
		{ BRIDGE, "bus-range", 0, 0, "PCI device 0x8 on bus 0" },
		{ BRIDGE, "bus-range", 0, 2, "PCI device 0x8 on bus 0" },
		{ BRIDGE, "bus-range", 1, 0, "PCI device 0x8 on bus 0" },
		{ BRIDGE, "bus-range", 1, 255, NULL },
		{ BRIDGE, "bus-range", 1, 256, "PCI device 0x8 on bus 0" },
		{ BRIDGE "/device@2", "reg", 0, 0x21000, "PCI device 0x210 on bus 1" },
		{ PHB, "bus-range", 0, 1, "bus-range of host bridge" },
		{ PHB, "bus-range", 1, 256, "bus-range of host bridge" },
		{ PHB, "interrupt-map", 4, 2, "interrupt-map of host bridge" },
		{ PHB, "interrupt-map", 11, 2, "interrupt-map of host bridge" },
		{ PHB, "interrupt-map", 12, 2, NULL },
		{ PHB, "ibm,ddw-applicable", 0, 0x2018, "ibm,ddw-* of host bridge" },
		{ PHB, "ibm,ddw-applicable", 1, 0x2026, "ibm,ddw-* of host bridge" },
		{ PHB, "ibm,ddw-applicable", 2, 0, "ibm,ddw-* of host bridge" },
		{ PHB, "ibm,ddw-extensions", 1, 0x2019, "ibm,ddw-* of host bridge" },
		{ PHB, "ibm,ddw-extensions", 0, 2, NULL },
		/* a call that is another one to the ultravisor */
		{ "/rtas", "nvram-fetch", 0, 0x2012, "/rtas: one token for event-scan and nvram-fetch" },
		{ "/rtas", "ibm,reset-pe-dma-window", 0, 0x2018, "/rtas: one token for nvram-fetch and ibm,reset-pe-dma-window" },
		{ "/rtas", "ibm,query-pe-dma-window", 0, 0x2013, "/rtas: one token for ibm,configure-connector and ibm,query-pe-dma-window" },
		{ "/rtas", "stop-self", 0, 0x2003, "/rtas: one token for stop-self and power-off" },
		{ "/rtas", "nvram-store", 0, 0x2018, "/rtas: one token for nvram-fetch and nvram-store" },
		{ "/rtas", "nvram-fetch", 0, 0x2099, NULL },
		{ "/rtas", "rtas-size", 0, 0x2018, NULL },	/* no token */
		/* what Linux indexes by */
		{ "/rtas", "ibm,associativity-reference-points", 0, 0, "/rtas: NUMA tables" },
		{ "/rtas", "ibm,associativity-reference-points", 0, 2, NULL },
		{ "/rtas", "ibm,associativity-reference-points", 0, 3, "/rtas: NUMA tables" },
		{ "/rtas", "ibm,associativity-reference-points", 1, 4, "/rtas: NUMA tables" },
		{ "/rtas", "ibm,associativity-reference-points", 1, UINT32_MAX, "/rtas: NUMA tables" },
		{ "/rtas", "ibm,max-associativity-domains", 1, 256, NULL },
		{ "/rtas", "ibm,max-associativity-domains", 1, 257, "/rtas: NUMA tables" },
		{ "/rtas", "ibm,max-associativity-domains", 2, 257, "/rtas: NUMA tables" },
		{ "/rtas", "ibm,max-associativity-domains", 3, UINT32_MAX, NULL },
		{ "/rtas", "ibm,numa-lookup-index-table", 1, UINT32_MAX - 2990, "/rtas: NUMA tables" },
		{ "/rtas", "ibm,numa-lookup-index-table", 2, 2, "/rtas: NUMA tables" },
		{ "/rtas", "ibm,numa-lookup-index-table", 2, 0, "/rtas: NUMA tables" },
		{ "/rtas", "ibm,numa-distance-table", 0, 5, "/rtas: NUMA tables" },
		{ "/rtas", "ibm,numa-distance-table", 1, 0xffffffff, NULL },
		/* a number that Linux' s16 makes another CPU's */
		{ "/cpus/cpu@0", "ibm,ppc-interrupt-server#s", 0, 0x10000, "cpu@0: threads out of order" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		print_message("%s %s %u\n", cells[i].path, cells[i].name, cells[i].value);
		assert_int_equal(run_with_cell(cells[i].path, cells[i].name, cells[i].index, cells[i].value),
				 cells[i].word ? E_VERIFY_TREE : 0);
		if (cells[i].word)
			assert_non_null(strstr(error_text(), cells[i].word));
		else
			assert_null(judge_guest(&guest));
	}
}

/* The table of distances is for as many nodes as the other one has, and there is none without it. */
static void test_numa_tables(void **state)
{
	static const uint8_t distances[20] = { 0, 0, 0, 16 };
	void *tree = (void *)STAGE_TREE;

	(void)state;
	run_tree("as-it-was");
	assert_int_equal(fdt_open_into(tree, tree, 65536), 0);
	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/rtas"), "ibm,numa-distance-table", distances, sizeof(distances)), 0);
	assert_int_equal(fake_stage_run(&guest), E_VERIFY_TREE);
	assert_string_equal(error_text(), "/rtas: NUMA tables");
	for (int i = 0; i < 3; i++) {	/* one of them, the other, both */
		run_tree("as-it-was");
		if (i != 1)
			assert_int_equal(fdt_delprop(tree, fdt_path_offset(tree, "/rtas"), "ibm,numa-distance-table"), 0);
		if (i != 0)
			assert_int_equal(fdt_delprop(tree, fdt_path_offset(tree, "/rtas"), "ibm,numa-lookup-index-table"), 0);
		assert_int_equal(fake_stage_run(&guest), i == 2 ? 0 : E_VERIFY_TREE);
	}
	run_tree("as-it-was");
	assert_int_equal(fdt_delprop(tree, fdt_path_offset(tree, "/rtas"), "ibm,max-associativity-domains"), 0);
	assert_int_equal(fake_stage_run(&guest), E_VERIFY_TREE);
}

/* What Linux believes to have negotiated: radix tables of its own, and TLBs that it flushes itself. */
static void test_mmu(void **state)
{
	static const struct {
		int at;
		uint8_t value;
		bool boots;
	} bytes[] = {
		{ 24, 0x40, true }, { 24, 0x00, false }, { 24, 0x80, false }, { 24, 0xc0, false }, { 24, 0x7f, true },
		{ 26, 0x00, false }, { 26, 0xbf, false }, { 26, 0xff, true }, { 23, 0x00, true }, { 23, 0x40, true },
	};
	void *tree = (void *)STAGE_TREE;
	uint8_t *vec5;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		run_tree("as-it-was");
		vec5 = fdt_getprop_w(tree, fdt_path_offset(tree, "/chosen"), "ibm,architecture-vec-5", NULL);
		vec5[bytes[i].at] = bytes[i].value;
		assert_int_equal(fake_stage_run(&guest), bytes[i].boots ? 0 : E_VERIFY_TREE);
	}
	assert_int_equal(fake_stage_run(&guest), 0);
	for (int size = 0; size < 2; size++) {
		run_tree("as-it-was");
		if (size)	/* too short to say so */
			assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), "ibm,architecture-vec-5", vec5, 26), 0);
		else
			assert_int_equal(fdt_delprop(tree, fdt_path_offset(tree, "/chosen"), "ibm,architecture-vec-5"), 0);
		assert_int_equal(fake_stage_run(&guest), E_VERIFY_TREE);
	}
}

/* Of a XIVE Linux shifts by the sizes of its queues, of CPUs it keeps 15 bits of the number. */
static void test_numbers_that_linux_uses(void **state)
{
	static const struct {
		uint32_t value;
		bool boots;
	} sizes[] = { { 11, false }, { 12, true }, { 24, true }, { 25, false }, { 0, false }, { UINT32_MAX, false } };
	void *tree = (void *)STAGE_TREE;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *queues;

		run_tree("xive");
		queues = fdt_getprop_w(tree, fdt_path_offset(tree, "/interrupt-controller@6030203180000"), "ibm,xive-eq-sizes", NULL);
		be32_store(queues + 12, sizes[i].value);
		assert_int_equal(fake_stage_run(&guest), sizes[i].boots ? 0 : E_VERIFY_TREE);
	}
	for (int i = 0; i < 2; i++) {
		run_tree(i ? "cpu-0x7fff" : "cpu-0x8000");
		assert_int_equal(fake_stage_run(&guest), i ? 0 : E_VERIFY_TREE);
	}
}

/* It is a thread of one of the CPUs. */
static void test_boot_cpu(void **state)
{
	(void)state;
	for (uint32_t cpu = 0; cpu < 4; cpu++) {
		run_tree("cpu-threads");
		fdt_set_boot_cpuid_phys((void *)STAGE_TREE, cpu);
		assert_int_equal(fake_stage_run(&guest), cpu == 0 || cpu == 3 ? E_VERIFY_TREE : 0);
	}
}

/* The header says that there is nothing: it is no tree, and there is nothing to be accepted. */
static void test_tree_of_no_bytes(void **state)
{
	(void)state;
	run_tree("as-it-was");
	fdt_set_totalsize((void *)STAGE_TREE, 0);
	assert_int_equal(fake_stage_run(&guest), E_VERIFY_TREE);
	assert_int_equal(fake_stage.accept_calls, 1);
}

static void test_share_refused(void **state)
{
	(void)state;
	run_tree("as-it-was");
	fake_stage.share_rc = -11;
	assert_int_equal(fake_stage_run(&guest), E_SHARE_REFUSED);
	assert_non_null(strstr(error_text(), "U_PERMISSION (-11)"));
}

static int run_with_mark(const char *tree, uint64_t at, bool mark)
{
	run_tree(tree);
	memset((void *)(STAGE_KERNEL + KERNEL_MARK_AT), 0, KERNEL_MARK_SIZE);
	if (mark)
		memcpy((void *)(at + KERNEL_MARK_AT), "virtio,acc-plat1", KERNEL_MARK_SIZE);
	return fake_stage_run(&guest);
}

/* What step 4 saw of kernel and command line does not count. */
static void test_mark(void **state)
{
	(void)state;
	assert_int_equal(run_with_mark("as-it-was", STAGE_KERNEL, true), 0);
	assert_int_equal(run_with_mark("as-it-was", STAGE_KERNEL, false), E_MARK_GONE);
	assert_int_equal(fake_stage.share_calls, 0);
	assert_int_equal(run_with_mark("as-it-was", STAGE_KERNEL + 8, true), E_MARK_GONE);
	assert_int_equal(run_with_mark("any-kernel", STAGE_KERNEL, false), 0);
	assert_int_equal(run_with_mark("kernel-too-small-for-a-mark", STAGE_KERNEL, true), E_MARK_GONE);
	assert_int_equal(run_with_mark("kernel-of-a-mark", STAGE_KERNEL, true), 0);
}

/* RTAS must be the five instructions to the last bit. */
static void test_rtas_bits(void **state)
{
	(void)state;
	for (int bit = 0; bit < 20 * 8; bit++) {
		run_tree("as-it-was");
		((uint8_t *)STAGE_RTAS)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(fake_stage_run(&guest), E_VERIFY_RTAS);
		assert_int_equal(fake_stage.share_calls, 0);
	}
}

static void test_no_random_numbers(void **state)
{
	(void)state;
	run_tree("as-it-was");
	fake.darn = UINT64_MAX;
	assert_int_equal(fake_stage_run(&guest), 0);
	assert_null(fdt_getprop(guest.tree, fdt_path_offset(guest.tree, "/chosen"), "rng-seed", NULL));
	assert_non_null(strstr(fake.console, "no random numbers"));
}

/* The seed is the CPU's, not the host's. */
static void test_seed(void **state)
{
	uint8_t want[32];

	(void)state;
	for (int i = 0; i < 4; i++)
		be64_store(want + 8 * i, 0x0123456789abcdef);
	run_tree("as-it-was");
	assert_int_equal(fake_stage_run(&guest), 0);
	bytes_are(fdt_path_offset(guest.tree, "/chosen"), "rng-seed", want, 32);
}

/* It may have none at the moment: ten attempts. */
static void test_random_number_at_last(void **state)
{
	(void)state;
	run_tree("as-it-was");
	fake.darn_failures = 9;
	assert_int_equal(fake_stage_run(&guest), 0);
	assert_int_equal(fake.darn_failures, 0);
	assert_non_null(fdt_getprop(guest.tree, fdt_path_offset(guest.tree, "/chosen"), "rng-seed", NULL));
	run_tree("as-it-was");
	fake.darn_failures = 10;
	assert_int_equal(fake_stage_run(&guest), 0);
	assert_null(fdt_getprop(guest.tree, fdt_path_offset(guest.tree, "/chosen"), "rng-seed", NULL));
}

/* A bundle without initrd: what the tree says of one goes, also where half of it is missing. */
static void test_no_initrd(void **state)
{
	(void)state;
	run_tree("as-it-was");
	assert_int_equal(verify(&guest, (void *)STAGE_TREE, STAGE_AT, WORLD_SECURE), 0);
	guest.verified = true;
	guest.initrd = (struct range){ 0, 0 };
	assert_int_equal(patch(&guest), 0);
	assert_null(fdt_getprop(guest.tree, fdt_path_offset(guest.tree, "/chosen"), "linux,initrd-start", NULL));
	assert_null(fdt_getprop(guest.tree, fdt_path_offset(guest.tree, "/chosen"), "linux,initrd-end", NULL));
}

/* Each bit of the whole tree: an error number of step 2, 5 or 6, or a guest that is sane. */
static void test_each_bit(void **state)
{
	int boots = 0, stops = 0;

	(void)state;
	run_tree("as-it-was");
	for (uint32_t bit = 0; bit < 8 * fdt_totalsize((void *)STAGE_TREE); bit += 3) {
		int number;

		run_tree("as-it-was");
		((uint8_t *)STAGE_TREE)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		number = fake_stage_run(&guest);
		if (number) {
			assert_true(number == E_OPTION || number == E_TOO_MANY ||
				    number / 100 == 5 || number / 100 == 6);
			stops++;
			continue;
		}
		assert_int_equal(fake_stage.share_calls, 1);
		clear_of(guest.kernel);
		clear_of(guest.initrd);
		clear_of(guest.rtas);
		assert_int_equal(dt_check(guest.tree, TREE_SPACE), 0);
		boots++;
	}
	assert_true(boots > 100 && stops > 100);
}

#define COUNT (sizeof(cases) / sizeof(cases[0]))

int main(void)
{
	static struct CMUnitTest tests[COUNT];
	const struct CMUnitTest others[] = {
		TEST(test_not_secure), TEST(test_share_refused), TEST(test_mark), TEST(test_rtas_bits),
		TEST(test_no_random_numbers), TEST(test_random_number_at_last), TEST(test_seed), TEST(test_no_initrd), TEST(test_each_bit),
		TEST(test_cells), TEST(test_boot_cpu), TEST(test_numa_tables), TEST(test_mmu), TEST(test_numbers_that_linux_uses), TEST(test_two_controllers), TEST(test_memory),
		TEST(test_many_reservations), TEST(test_no_room_for_a_tree), TEST(test_tree_of_no_bytes),
	};
	int failed;

	for (size_t i = 0; i < COUNT; i++)
		tests[i] = (struct CMUnitTest){ cases[i].name, test_doctored, fresh, NULL,
						(void *)&cases[i] };
	failed = _cmocka_run_group_tests("doctored trees", tests, COUNT, NULL, NULL);
	return failed + RUN(others);
}
