// SPDX-License-Identifier: GPL-2.0-or-later
/* A platform's tree, tests/host/data/foreign.dts, in canonical form. */
#include "fdt/rewrite.h"

#include <libfdt.h>

#include "fdt/flatten.h"
#include "lib/endian.h"
#include "tests/host/fake/events.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"

#define SPACE	0x10000
#define ROOM	64

static struct tree_fault fault;
static struct rewrite_entry *entries;
static void *platform;			/* with room to edit it */
static uint64_t written[SPACE / 8];	/* in canonical form */

static int rewrite(size_t count)
{
	static const struct ranges none;
	struct flatten flatten;
	int rc = flatten_start(&flatten, written, sizeof(written), CROSSES, &none);

	fault = (struct tree_fault){ NULL, NULL, NULL };
	if (rc == 0)
		rc = rewrite_tree(platform, &flatten.sink, entries, count, &fault);
	return rc ? rc : flatten_finish(&flatten, 0);
}

static int take(struct node_sink *sink, struct node *node)
{
	(void)sink;
	(void)node;
	return 0;
}

static int leave(struct node_sink *sink)
{
	(void)sink;
	return 0;
}

/* It can be rewritten, and what comes out is in canonical form. */
static void is_good(void)
{
	struct node_sink sink = { take, leave };
	int rc = rewrite(ROOM);

	if (rc)
		print_error("%d: %s, %s %s\n", rc, fault.why, fault.node, fault.property);
	assert_int_equal(rc, 0);
	rc = canonical_read(written, sizeof(written), &sink, &fault);
	if (rc)
		print_error("%s: node %s, property %s\n", fault.why, fault.node, fault.property);
	assert_int_equal(rc, 0);
}

static void lacks(const char *node, const char *property)
{
	assert_int_equal(rewrite(ROOM), -FDT_ERR_NOTFOUND);
	assert_string_equal(fault.node, node);
	if (property)
		assert_string_equal(fault.property, property);
	else
		assert_null(fault.property);
}

static void load(const char *name)
{
	free(platform);
	platform = tree_read(name, SPACE);
	assert_int_equal(fdt_open_into(platform, platform, (int)(fdt_totalsize(platform) + SPACE / 2)), 0);
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	load("foreign");
	entries = malloc(ROOM * sizeof(*entries));
	return !entries;
}

static int end(void **state)
{
	(void)state;
	free(platform);
	free(entries);
	platform = NULL;
	return 0;
}

static int at(const char *path)
{
	return fdt_path_offset(platform, path);
}

static void drop(const char *path, const char *property)
{
	assert_int_equal(fdt_delprop(platform, at(path), property), 0);
}

static void set_cell(const char *path, const char *property, uint32_t cell)
{
	assert_int_equal(fdt_setprop_u32(platform, at(path), property, cell), 0);
}

static const void *value(const char *path, const char *property, int *size)
{
	return fdt_getprop(written, fdt_path_offset(written, path), property, size);
}

static void cells_are(const char *path, const char *property, const uint32_t *want, int count)
{
	int size = -1;
	const uint8_t *cells = value(path, property, &size);

	print_message("%s %s\n", path, property);
	assert_int_equal(size, 4 * count);
	for (int i = 0; i < count; i++)
		assert_int_equal(be32_load(cells + 4 * i), want[i]);
}

#define CELLS_ARE(path, property, ...) cells_are(path, property, (const uint32_t[]){ __VA_ARGS__ }, \
						 sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

static bool is_there(const char *path)
{
	return fdt_path_offset(written, path) >= 0;
}

/* The nodes, in the order in which they come. */
static void test_order(void **state)
{
	static const char *const want[] = {
		"", "cpus", "cpu@0", "cpu@8", "memory@0", "memory@10000000", "memory@40000000", "memory@50000000",
		"memory@60000000", "rtas", "interrupt-controller", "event-sources", "epow-events", "vdevice",
		"vty@71000000", "vty@71000003", "nvram@71000002", "hypervisor", "pci@800000020000000", "device@1",
		"pci@2", "device@4", "device@5", "device@3,1", "pci@800000020000001", "chosen",
	};
	size_t count = 0;
	int node;

	(void)state;
	is_good();
	for (node = 0; node >= 0; node = fdt_next_node(written, node, NULL)) {
		assert_true(count < sizeof(want) / sizeof(want[0]));
		assert_string_equal(fdt_get_name(written, node, NULL), want[count++]);
	}
	assert_int_equal(count, sizeof(want) / sizeof(want[0]));
}

/* What the schema does not know, or what has another form, is left out; what has one value gets it. */
static void test_values(void **state)
{
	(void)state;
	is_good();
	assert_null(value("/", "foreign", NULL));
	assert_string_equal(value("/", "device_type", NULL), "chrp");
	assert_string_equal(value("/", "vm,uuid", NULL), "6e2d1a40-0000-4000-8000-0123456789ab");
	CELLS_ARE("/cpus", "#address-cells", 1);
	CELLS_ARE("/cpus", "#size-cells", 0);
	assert_null(value("/cpus", "ibm,drc-types", NULL));
	assert_null(value("/cpus/cpu@0", "d-cache-line-size", NULL));
	CELLS_ARE("/cpus/cpu@8", "ibm,ppc-interrupt-server#s", 8);
	assert_null(value("/cpus/cpu@8", "ibm,my-drc-index", NULL));
	assert_null(value("/memory@0", "linux,usable-memory", NULL));
	CELLS_ARE("/rtas", "ibm,lrdr-capacity", 0, 0, 0, 0, 8);
	assert_null(value("/rtas", "set-indicator", NULL));
	CELLS_ARE("/rtas", "slof,rtas-size", 20);
	CELLS_ARE("/rtas", "start-cpu", 0x2005);
	CELLS_ARE("/interrupt-controller", "phandle", 1);
	assert_null(value("/interrupt-controller", "linux,phandle", NULL));
	CELLS_ARE("/event-sources/epow-events", "interrupts", 0x1000, 0);
	CELLS_ARE("/vdevice/nvram@71000002", "#bytes", 0x10000);
	assert_string_equal(value("/vdevice/nvram@71000002", "device_type", NULL), "nvram");
	assert_null(value("/hypervisor", "hcall-instructions", NULL));
	assert_null(value("/pci@800000020000000", "ibm,drc-indexes", NULL));
	CELLS_ARE("/chosen", "linux,initrd-start", 0, 0x2400000);
	assert_null(value("/chosen", "qemu,graphic-width", NULL));
	assert_null(value("/chosen", "rng-seed", NULL));
	assert_string_equal(value("/chosen", "bootargs", NULL), "a b");
}

/* A device has nothing of a bridge's, also where the platform says so. */
static void test_pci(void **state)
{
	(void)state;
	is_good();
	assert_null(value("/pci@800000020000000/device@3,1", "device_type", NULL));
	assert_null(value("/pci@800000020000000/device@3,1", "ranges", NULL));
	assert_null(value("/pci@800000020000000/device@3,1", "bus-range", NULL));
	assert_null(value("/pci@800000020000000/device@3,1", "ibm,loc-code", NULL));
	assert_string_equal(value("/pci@800000020000000/pci@2", "device_type", NULL), "pci");
	CELLS_ARE("/pci@800000020000000/pci@2", "#address-cells", 3);
	CELLS_ARE("/pci@800000020000000/pci@2", "#size-cells", 2);
	CELLS_ARE("/pci@800000020000000/pci@2", "bus-range", 1, 2);
	CELLS_ARE("/pci@800000020000000/pci@2/device@4", "device-id", 0x1004);
	/* of two of one address the first */
	CELLS_ARE("/pci@800000020000000/device@1", "device-id", 0x1001);
}

/* In its class a bridge, but without buses or windows: a device, and what is behind it is none of ours. */
static void test_half_a_bridge(void **state)
{
	(void)state;
	drop("/pci@800000020000000/pci@2", "bus-range");
	is_good();
	assert_true(is_there("/pci@800000020000000/device@2"));
	assert_int_equal(fdt_first_subnode(written, fdt_path_offset(written, "/pci@800000020000000/device@2")),
			 -FDT_ERR_NOTFOUND);
}

/* Entries go to the one phandle; a map that goes elsewhere is none. */
static void test_interrupt_map(void **state)
{
	(void)state;
	is_good();
	CELLS_ARE("/pci@800000020000000", "interrupt-map", 0, 0, 0, 1, 1, 0x1200, 1, 0x800, 0, 0, 1, 1, 0x1201, 1);
	assert_null(value("/pci@800000020000001", "interrupt-map", NULL));
}

static void test_xive(void **state)
{
	static const char compatible[] = "ibm,power-ivpe\0ibm,power9-xive";
	const uint64_t pages[] = { cpu_to_fdt64(0x6000000000000), cpu_to_fdt64(0x10000) };
	int node = at("/interrupt-controller");

	(void)state;
	assert_int_equal(fdt_setprop(platform, node, "compatible", compatible, sizeof(compatible)), 0);
	assert_int_equal(fdt_setprop(platform, node, "reg", pages, sizeof(pages)), 0);
	set_cell("/interrupt-controller", "ibm,xive-eq-sizes", 16);
	lacks("interrupt-controller", "ibm,xive-lisn-ranges");
	assert_int_equal(fdt_setprop_u64(platform, at("/interrupt-controller"), "ibm,xive-lisn-ranges", 2), 0);
	is_good();
	assert_true(is_there("/interrupt-controller@6000000000000"));
	CELLS_ARE("/interrupt-controller@6000000000000", "phandle", 1);
	assert_string_equal(value("/interrupt-controller@6000000000000", "compatible", NULL), "ibm,power-ivpe");
}

static void test_stdout(void **state)
{
	(void)state;
	is_good();
	assert_string_equal(value("/chosen", "stdout-path", NULL), "/vdevice/vty@71000000");
	assert_null(value("/chosen", "linux,stdout-path", NULL));
	assert_int_equal(fdt_setprop_string(platform, at("/chosen"), "stdout-path", "/vdevice/vty@71000009"), 0);
	is_good();
	assert_null(value("/chosen", "stdout-path", NULL));
	assert_int_equal(fdt_setprop_string(platform, at("/chosen"), "stdout-path", "/vdevice/l-lan@71000001"), 0);
	is_good();
	assert_null(value("/chosen", "stdout-path", NULL));
	assert_int_equal(fdt_setprop_string(platform, at("/chosen"), "stdout-path", "/vdevice/vty@71000003"), 0);
	is_good();
	assert_string_equal(value("/chosen", "stdout-path", NULL), "/vdevice/vty@71000003");
	/* what is called a terminal and is none; and what is one by another name, which it will not have */
	assert_int_equal(fdt_setprop_string(platform, at("/vdevice/vty@71000003"), "device_type", "foo"), 0);
	is_good();
	assert_null(value("/chosen", "stdout-path", NULL));
	assert_int_equal(fdt_set_name(platform, at("/vdevice/vty@71000000"), "tty@71000000"), 0);
	assert_int_equal(fdt_setprop_string(platform, at("/chosen"), "stdout-path", "/vdevice/tty@71000000"), 0);
	is_good();
	assert_true(is_there("/vdevice/vty@71000000"));
	assert_null(value("/chosen", "stdout-path", NULL));
}

/* Of two of one name the first counts. */
static void test_property_twice(void **state)
{
	static struct tree_events events;
	size_t i;

	(void)state;
	events_read(&events, platform);
	i = events_property(&events, "chosen", "bootargs");
	events_insert(&events, i + 1, &events.at[i], 1);
	events.at[i + 1].value = "other";
	events.at[i + 1].size = 6;
	i = events_property(&events, "rtas", "start-cpu");
	events_insert(&events, i, &events.at[i], 1);
	events.at[i].value = "\0\0\0\7";
	platform = events_write(&events);
	is_good();
	assert_string_equal(value("/chosen", "bootargs", NULL), "a b");
	CELLS_ARE("/rtas", "start-cpu", 7);
}

static void memory_is(const char *path, uint64_t base, uint64_t size)
{
	CELLS_ARE(path, "reg", (uint32_t)(base >> 32), (uint32_t)base, (uint32_t)(size >> 32), (uint32_t)size);
}

/* Blocks join while they follow each other and are as near; those that are not ours are not there. */
static void test_dynamic_memory(void **state)
{
	(void)state;
	is_good();
	memory_is("/memory@0", 0, 0x10000000);
	CELLS_ARE("/memory@0", "ibm,associativity", 4, 0, 0, 0, 0);
	memory_is("/memory@10000000", 0x10000000, 0x20000000);
	CELLS_ARE("/memory@10000000", "ibm,associativity", 4, 0, 0, 0, 9);
	memory_is("/memory@40000000", 0x40000000, 0x10000000);
	memory_is("/memory@50000000", 0x50000000, 0x10000000);
	CELLS_ARE("/memory@50000000", "ibm,associativity", 4, 0, 0, 0, 7);
	/* an index beyond the arrays */
	memory_is("/memory@60000000", 0x60000000, 0x10000000);
	assert_null(value("/memory@60000000", "ibm,associativity", NULL));
}

/* The newer form wins. */
static void test_dynamic_memory_v2(void **state)
{
	static const uint32_t sets[] = {
		3, 2, 0, 0x10000000, 0x80000001, 0, 0x08, 4, 0, 0x30000000, 0x80000003, 0, 0,
		3, 1, 0, 0x80000010, 1, 0x08,
	};
	uint8_t bytes[sizeof(sets)];

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / 4; i++)
		be32_store(bytes + 4 * i, sets[i]);
	assert_int_equal(fdt_setprop(platform, at("/ibm,dynamic-reconfiguration-memory"), "ibm,dynamic-memory-v2",
				     bytes, sizeof(bytes)), 0);
	is_good();
	memory_is("/memory@10000000", 0x10000000, 0x20000000);
	CELLS_ARE("/memory@10000000", "ibm,associativity", 4, 0, 0, 0, 7);
	memory_is("/memory@100000000", 0x100000000, 0x30000000);
	CELLS_ARE("/memory@100000000", "ibm,associativity", 4, 0, 0, 0, 9);
	assert_false(is_there("/memory@40000000"));
	bytes[3] = 4;	/* one more than there are */
	assert_int_equal(fdt_setprop(platform, at("/ibm,dynamic-reconfiguration-memory"), "ibm,dynamic-memory-v2",
				     bytes, sizeof(bytes)), 0);
	lacks("ibm,dynamic-reconfiguration-memory", NULL);
}

/* Blocks of no size, or of one that is no number of 64 bits. */
static void test_blocks_without_size(void **state)
{
	const char *const node = "/ibm,dynamic-reconfiguration-memory";

	(void)state;
	set_cell(node, "ibm,lmb-size", 0x10000000);
	lacks(node + 1, NULL);
	drop(node, "ibm,lmb-size");
	lacks(node + 1, NULL);
}

/* Look-up arrays that are not what they say. */
static void test_associativity_arrays(void **state)
{
	static const uint32_t bad[][4] = { { 2, 0, 0, 0 }, { 2, 8, 0, 0 }, { 0x40000000, 4, 0, 0 }, { 2, 3, 0, 0 } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		uint8_t bytes[16];

		for (size_t cell = 0; cell < 4; cell++)
			be32_store(bytes + 4 * cell, bad[i][cell]);
		assert_int_equal(fdt_setprop(platform, at("/ibm,dynamic-reconfiguration-memory"),
					     "ibm,associativity-lookup-arrays", bytes, sizeof(bytes)), 0);
		is_good();
		assert_null(value("/memory@10000000", "ibm,associativity", NULL));
	}
	assert_int_equal(fdt_setprop(platform, at("/ibm,dynamic-reconfiguration-memory"),
				     "ibm,associativity-lookup-arrays", "abc", 4), 0);
	is_good();
	/* room for two, but it says one */
	assert_int_equal(fdt_setprop(platform, at("/ibm,dynamic-reconfiguration-memory"), "ibm,associativity-lookup-arrays",
				     "\0\0\0\1\0\0\0\1\0\0\0\7\0\0\0\x9", 16), 0);
	is_good();
	assert_null(value("/memory@10000000", "ibm,associativity", NULL));
	CELLS_ARE("/memory@50000000", "ibm,associativity", 1, 7);
}

/* What is required and is not there is named. */
static void test_missing(void **state)
{
	static const char *const nodes[] = { "cpus", "rtas", "chosen" };
	static const struct {
		const char *path, *node, *property;
	} cases[] = {
		{ "/cpus/PowerPC,POWER9@0", "PowerPC,POWER9@0", "timebase-frequency" },
		{ "/rtas", "rtas", "start-cpu" }, { "/rtas", "rtas", "linux,rtas-base" },
		{ "/memory@0", "memory@0", "reg" },
		{ "/chosen", "chosen", "bootargs" }, { "/chosen", "chosen", "pefboot,kernel" },
		{ "/interrupt-controller", "interrupt-controller", "ibm,interrupt-server-ranges" },
		{ "/event-sources/epow-events", "epow-events", "interrupts" },
		{ "/vdevice/nvram@71000002", "nvram@71000002", "#bytes" },
		{ "/pci@800000020000001", "pci@800000020000001", "bus-range" },
		{ "/pci@800000020000000/scsi@1", "scsi@1", "class-code" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		char path[16];

		load("foreign");
		snprintf(path, sizeof(path), "/%s", nodes[i]);
		assert_int_equal(fdt_del_node(platform, at(path)), 0);
		lacks(nodes[i], NULL);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		load("foreign");
		drop(cases[i].path, cases[i].property);
		lacks(cases[i].node, cases[i].property);
	}
}

/* What is not required may be missing. */
static void test_not_there(void **state)
{
	static const char *const nodes[] = {
		"/vdevice", "/hypervisor", "/event-sources", "/interrupt-controller", "/pci@800000020000000",
		"/ibm,dynamic-reconfiguration-memory",
	};

	(void)state;
	assert_int_equal(fdt_del_node(platform, at("/vdevice/nvram@71000002")), 0);
	assert_int_equal(fdt_del_node(platform, at("/event-sources/epow-events")), 0);
	is_good();
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		assert_int_equal(fdt_del_node(platform, at(nodes[i])), 0);
		is_good();
		assert_false(is_there(nodes[i]));
	}
	assert_null(value("/pci@800000020000001", "interrupt-map", NULL));
}

/* Three bytes are no address. */
static void test_short_address(void **state)
{
	(void)state;
	assert_int_equal(fdt_setprop(platform, at("/vdevice/vty@71000003"), "reg", "\x71\0\0", 3), 0);
	is_good();
	assert_true(is_there("/vdevice/vty@71000000"));
	assert_false(is_there("/vdevice/vty@71000003"));
}

/* A hypervisor that is not KVM is none that Linux knows. */
static void test_other_hypervisor(void **state)
{
	(void)state;
	assert_int_equal(fdt_setprop_string(platform, at("/hypervisor"), "compatible", "xen,xen"), 0);
	is_good();
	assert_false(is_there("/hypervisor"));
}

/* It needs as many entries as it says, and writes none beyond (ASan sees to that). */
static void test_entries(void **state)
{
	size_t enough = 0;

	(void)state;
	for (size_t count = 0; count <= 8; count++) {
		int rc;

		free(entries);
		entries = malloc(count * sizeof(*entries) + 1);
		load("foreign");
		rc = rewrite(count);
		assert_true(rc == 0 || rc == -FDT_ERR_NOSPACE);
		assert_true(rc == 0 || !enough);
		if (rc == 0 && !enough)
			enough = count;
	}
	/* two host bridges, four devices on the first, two behind the bridge */
	assert_int_equal(enough, 8);
}

/* What a sink returns is what comes back. */
static int calls;

static int refuse(struct node_sink *sink, struct node *node)
{
	(void)sink;
	(void)node;
	return --calls ? 0 : 77;
}

static int refuse_end(struct node_sink *sink)
{
	return refuse(sink, NULL);
}

static void test_sink_errors(void **state)
{
	struct node_sink sink = { refuse, refuse_end };

	(void)state;
	for (int i = 1; i <= 2 * 26; i++) {
		load("foreign");
		calls = i;
		assert_int_equal(rewrite_tree(platform, &sink, entries, ROOM, &fault), 77);
	}
	load("foreign");
	calls = 2 * 26 + 1;
	assert_int_equal(rewrite_tree(platform, &sink, entries, ROOM, &fault), 0);
	assert_int_equal(calls, 1);
}

/* What has been written once does not change when it is read and written again. */
static void test_again(void **state)
{
	static const char *const names[] = {
		"foreign", "pseries", "doctored/as-it-was", "doctored/cpu-blocks", "doctored/cpu-version-raw",
		"doctored/initrd-empty", "doctored/initrd-over-pool",
	};
	static const uint64_t kernel[2];
	static uint64_t once[SPACE / 8];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		load(names[i]);
		if (strcmp(names[i], "pseries") == 0) {		/* what steps 1 to 4 add */
			set_cell("/rtas", "linux,rtas-base", 0x1fff0000);
			set_cell("/rtas", "linux,rtas-entry", 0x1fff0000);
			assert_int_equal(fdt_setprop(platform, at("/chosen"), "pefboot,kernel", kernel, 16), 0);
			assert_int_equal(fdt_setprop(platform, at("/pci@800000020000000/pci@1"), "bus-range", kernel, 8), 0);
			assert_int_equal(fdt_setprop(platform, at("/pci@800000020000000/pci@1"), "ranges", kernel, 0), 0);
		}
		is_good();
		memcpy(once, written, sizeof(once));
		free(platform);
		platform = malloc(fdt_totalsize(once));
		memcpy(platform, once, fdt_totalsize(once));
		is_good();
		assert_int_equal(fdt_totalsize(written), fdt_totalsize(once));
		assert_memory_equal(written, once, fdt_totalsize(once));
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_order), T(test_values), T(test_pci), T(test_half_a_bridge), T(test_interrupt_map), T(test_xive),
		T(test_stdout), T(test_property_twice), T(test_dynamic_memory), T(test_dynamic_memory_v2), T(test_blocks_without_size), T(test_associativity_arrays),
		T(test_missing), T(test_not_there), T(test_short_address), T(test_other_hypervisor), T(test_entries), T(test_sink_errors),
		T(test_again),
	};

	return RUN(tests);
}
