// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The oracle reads trees that are told apart by who reads them as Linux does. What it is held
 * against here is Linux' source; tests/machine/test_oracle.py holds it against Linux.
 */
#include <libfdt.h>
#include <stdlib.h>

#include "lib/endian.h"
#include "tests/host/oracle/linux_tree.h"
#include "tests/host/unit/test.h"

#define ROOM 8192

static uint8_t blob[ROOM];
static struct flat flat;
static struct linux_tree linux_tree;

static void done(int frc)
{
	if (frc) {
		fprintf(stderr, "fdt_sw: %s\n", fdt_strerror(frc));
		exit(2);
	}
}

static void begin(const char *name)
{
	done(fdt_begin_node(blob, name));
}

static void end(void)
{
	done(fdt_end_node(blob));
}

static void text(const char *name, const char *value)
{
	done(fdt_property_string(blob, name, value));
}

static void cells(const char *name, int count, ...)
{
	uint32_t value[32];
	va_list list;

	va_start(list, count);
	for (int i = 0; i < count; i++)
		be32_store(&value[i], va_arg(list, unsigned int));
	va_end(list);
	done(fdt_property(blob, name, value, 4 * count));
}

static void node_end(void (*props)(void))
{
	if (props)
		props();
	end();
}

/* A root that boots; the kinds of node behind it. */
static void start(void)
{
	done(fdt_create(blob, ROOM));
	done(fdt_finish_reservemap(blob));
	begin("");
	text("device_type", "chrp");
}

static void root_cells(void)
{
	cells("#address-cells", 1, 2);
	cells("#size-cells", 1, 2);
}

static void memory(const char *name, unsigned int base, unsigned int size)
{
	begin(name);
	text("device_type", "memory");
	cells("reg", 4, 0, base, 0, size);
	end();
}

static void cpu(const char *name, unsigned int number, unsigned int block)
{
	begin(name);
	text("device_type", "cpu");
	cells("reg", 1, number);
	cells("d-cache-block-size", 1, block);
	cells("i-cache-block-size", 1, block);
	end();
}

static void chosen(const char *name, const char *cmdline, unsigned int initrd)
{
	begin(name);
	text("bootargs", cmdline);
	cells("linux,initrd-start", 1, initrd);
	cells("linux,initrd-end", 2, 0, initrd + 0x1000);
	end();
}

static void rtas(const char *name, unsigned int base)
{
	begin(name);
	cells("linux,rtas-base", 1, base);
	cells("linux,rtas-entry", 1, base + 4);
	cells("rtas-size", 1, 0x800);
	end();
}

/* The parts that a test has nothing to say of. */
static void others(bool with_memory, bool with_cpus, bool with_chosen, bool with_rtas)
{
	if (with_memory)
		memory("memory@0", 0, 0x20000000);
	if (with_cpus) {
		begin("cpus");
		cpu("PowerPC,POWER9@0", 0, 128);
		end();
	}
	if (with_chosen)
		chosen("chosen", "good", 0x1000000);
	if (with_rtas)
		rtas("rtas", 0x1f000000);
}

static void read_as(enum linux_release release)
{
	if (fdt_magic(blob) != FDT_MAGIC) {
		end();
		done(fdt_finish(blob));
	}
	flat_read(&flat, blob, fdt_totalsize(blob));
	linux_read(&linux_tree, &flat, release);
}

static void paths_are(int node, const char *want)
{
	char path[256];

	assert_string_equal(flat_path_of(&flat, node, path, sizeof(path)), want);
}

static void memory_is(uint32_t count, uint64_t base, uint64_t size)
{
	assert_int_equal(linux_tree.memory.count, count);
	assert_int_equal(linux_tree.memory.item[count - 1].base, base);
	assert_int_equal(linux_tree.memory.item[count - 1].size, size);
}

static bool has_surface(const char *what)
{
	for (uint32_t i = 0; i < linux_tree.surfaces && i < LINUX_SURFACE_MAX; i++)
		if (!strcmp(linux_tree.surface[i].what, what))
			return true;
	return false;
}

static void test_plain(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, true, true);
	read_as(LINUX_6_12);
	assert_null(linux_tree.why_not);
	assert_string_equal(linux_tree.cmdline, "good");
	assert_true(linux_tree.initrd);
	assert_int_equal(linux_tree.initrd_start, 0x1000000);
	assert_int_equal(linux_tree.initrd_end, 0x1001000);
	memory_is(1, 0, 0x20000000);
	assert_int_equal(linux_tree.cpus, 1);
	assert_int_equal(linux_tree.dcache.line, 128);
	assert_int_equal(linux_tree.rtas.base, 0x1f000000);
	assert_int_equal(linux_tree.rtas.entry, 0x1f000004);
	assert_int_equal(linux_tree.surfaces, 0);
}

/* The blob's look-up takes a unit address for nothing; the unflattened one does not. */
static void test_chosen_with_an_address(void **state)
{
	(void)state;
	start();
	root_cells();
	chosen("chosen@0", "bad", 0x2000000);
	others(true, true, true, true);
	read_as(LINUX_6_12);
	assert_string_equal(linux_tree.cmdline, "bad");
	assert_int_equal(linux_tree.initrd_start, 0x2000000);
	paths_are(linux_tree.chosen, "/chosen@0");
	paths_are(linux_tree.late_chosen, "/chosen");
}

static void test_chosen_behind_a_slash(void **state)
{
	(void)state;
	start();
	root_cells();
	chosen("x/chosen", "bad", 0x2000000);
	others(true, true, true, true);
	read_as(LINUX_6_12);
	assert_string_equal(linux_tree.cmdline, "good");
	paths_are(linux_tree.late_chosen, "/x/chosen");
}

static void test_second_property_is_not_seen(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, false, true);
	begin("chosen");
	text("bootargs", "first");
	text("bootargs", "second");
	end();
	read_as(LINUX_6_12);
	assert_string_equal(linux_tree.cmdline, "first");
	assert_false(linux_tree.initrd);
}

/* fdt_next_property_offset() ends at the first child. */
static void test_property_behind_a_child_is_not_seen(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, false, true);
	begin("chosen");
	begin("child");
	end();
	text("bootargs", "hidden");
	end();
	read_as(LINUX_6_12);
	assert_string_equal(linux_tree.cmdline, "");
}

static void test_cmdline_without_an_end(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, false, true);
	begin("chosen");
	done(fdt_property(blob, "bootargs", "abcd", 4));
	end();
	read_as(LINUX_6_12);
	assert_string_equal(linux_tree.cmdline, "abc");
}

static void test_rtas_below_another(void **state)
{
	(void)state;
	start();
	root_cells();
	begin("device");
	rtas("rtas@1", 0x3000000);
	end();
	others(true, true, true, true);
	read_as(LINUX_6_12);
	assert_int_equal(linux_tree.rtas.base, 0x3000000);
	paths_are(linux_tree.rtas.node, "/device/rtas@1");
	paths_are(linux_tree.rtas.early, "/rtas");
	paths_are(linux_tree.rtas.by_path, "/rtas");
}

static void test_last_of_two_tokens(void **state)
{
	uint32_t token = 0;

	(void)state;
	start();
	root_cells();
	others(true, true, true, false);
	begin("rtas");
	cells("linux,rtas-base", 1, 0x1000000);
	cells("rtas-size", 1, 0x800);
	cells("power-off", 1, 1);
	cells("power-off", 1, 2);
	cells("power-off", 2, 3, 3);
	end();
	read_as(LINUX_6_12);
	assert_true(linux_rtas_token(&linux_tree, &flat, "power-off", &token));
	assert_int_equal(token, 2);
	assert_int_equal(linux_tree.rtas.entry, 0x1000000);
}

/* The tables of a machine of FORM2, FORM1 or FORM0, as bits of the fifth byte have it; what is wrong with them. */
static const char *numa_fault(unsigned int form, unsigned int point, unsigned int id, unsigned int nodes, unsigned int distances)
{
	uint8_t vec5[6] = { 0, 0, 0, 0, 0, (uint8_t)form }, table[8] = { 0, 0, 0, 4 };

	table[3] = (uint8_t)distances;
	start();
	root_cells();
	others(true, true, false, false);
	begin("chosen");
	done(fdt_property(blob, "ibm,architecture-vec-5", vec5, sizeof(vec5)));
	end();
	begin("rtas");
	cells("linux,rtas-base", 1, 0x1000000);
	cells("rtas-size", 1, 0x1000);
	cells("ibm,associativity-reference-points", 2, point, 1);
	cells("ibm,max-associativity-domains", 3, 2, nodes, 300);
	cells("ibm,numa-lookup-index-table", 3, 2, 0, id);
	done(fdt_property(blob, "ibm,numa-distance-table", table, sizeof(table)));
	end();
	read_as(LINUX_6_12);
	assert_null(linux_tree.why_not);
	return linux_tree.numa_fault;
}

static void test_numa(void **state)
{
	(void)state;
	assert_null(numa_fault(0x20, 1, 1, 256, 4));
	assert_string_equal(numa_fault(0x20, 1, 256, 2, 4), "a NUMA distance outside its table");
	assert_string_equal(numa_fault(0x20, 1, (unsigned int)-2990, 2, 1), "a NUMA distance outside its table");
	assert_string_equal(numa_fault(0x20, 3, 1, 2, 4), "a NUMA domain beyond its table");
	assert_string_equal(numa_fault(0x20, 2, 1, 2, 4), "more NUMA nodes than there can be");
	assert_string_equal(numa_fault(0x20, 1, 1, 257, 4), "more NUMA nodes than there can be");
	assert_null(numa_fault(0x20, 0x80000000, 1, 2, 4));
	assert_null(numa_fault(0x80, 1, 256, 2, 4));
	assert_string_equal(numa_fault(0x80, 0, 1, 2, 4), "a NUMA reference point before its table");
	assert_null(numa_fault(0x00, 0, 1, 256, 4));
	assert_string_equal(numa_fault(0x00, 0, 1, 257, 4), "more NUMA nodes than there can be");
}

static void test_memory_by_type(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, true, true);
	memory("device@1", 0x40000000, 0x10000000);
	begin("memory@60000000");
	cells("reg", 4, 0, 0x60000000, 0, 0x10000000);
	end();
	read_as(LINUX_6_12);
	memory_is(2, 0x40000000, 0x10000000);
}

static void test_memory_below_another_node_is_of_numa_only(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, true, true);
	begin("bus");
	root_cells();
	memory("memory@40000000", 0x40000000, 0x10000000);
	end();
	read_as(LINUX_6_12);
	memory_is(1, 0, 0x20000000);
	assert_int_equal(linux_tree.numa.count, 2);
}

static void disabled(void)
{
	text("status", "disabled");
	text("device_type", "memory");
	cells("reg", 4, 0, 0, 0, 0x20000000);
}

static void test_memory_that_is_disabled(void **state)
{
	(void)state;
	start();
	root_cells();
	begin("memory@0");
	node_end(disabled);
	others(false, true, true, true);
	read_as(LINUX_6_12);
	assert_string_equal(linux_tree.why_not, "no memory node at 0");
	assert_int_equal(linux_tree.numa.count, 1);
}

static void test_cells_are_one_by_default(void **state)
{
	(void)state;
	start();
	others(false, true, true, true);
	begin("memory@0");
	text("device_type", "memory");
	cells("reg", 4, 0, 0x8000000, 0x10000000, 0x4000000);
	end();
	read_as(LINUX_6_12);
	assert_int_equal(linux_tree.memory.count, 2);
	memory_is(2, 0x10000000, 0x4000000);
}

/* What may be used is read instead of what there is; uneven lengths differ by release. */
static void test_usable_memory(void **state)
{
	(void)state;
	start();
	root_cells();
	others(false, true, true, true);
	begin("memory@0");
	text("device_type", "memory");
	cells("reg", 4, 0, 0, 0, 0x20000000);
	cells("linux,usable-memory", 5, 0, 0, 0, 0x10000000, 0);
	end();
	read_as(LINUX_6_12);
	memory_is(1, 0, 0x10000000);
	assert_true(has_surface("linux,usable-memory"));
	read_as(LINUX_7_2);
	memory_is(1, 0, 0x20000000);
}

/* A limit is read in the root, where nobody writes it, and in the kernel's byte order. */
static void test_memory_limit(void **state)
{
	(void)state;
	start();
	root_cells();
	cells("linux,memory-limit", 2, 0x00000010, 0);
	others(true, true, true, true);
	read_as(LINUX_6_12);
	assert_int_equal(linux_tree.limit, 0x10000000);
	memory_is(1, 0, 0x10000000);
}

static void dynamic(bool first, bool second)
{
	begin("ibm,dynamic-reconfiguration-memory");
	cells("ibm,lmb-size", 2, 0, 0x10000000);
	if (second)
		cells("ibm,dynamic-memory-v2", 7, 1, 2, 0, 0x20000000, 1, 0, 8);
	if (first)
		cells("ibm,dynamic-memory", 13, 2, 0, 0x20000000, 1, 0, 0, 8, 0, 0x80000000, 1, 0,
		      0, 0x80);
	end();
}

static void test_dynamic_memory(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, true, true);
	dynamic(false, true);
	read_as(LINUX_6_12);
	assert_int_equal(linux_tree.dynamic_form, 2);
	memory_is(1, 0, 0x40000000);
}

static void test_first_form_of_dynamic_memory_wins(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, true, true);
	dynamic(true, true);
	read_as(LINUX_6_12);
	assert_int_equal(linux_tree.dynamic_form, 1);
	memory_is(1, 0, 0x30000000);
}

static void test_dynamic_memory_that_ends_nowhere(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, true, true);
	begin("ibm,dynamic-reconfiguration-memory");
	cells("ibm,lmb-size", 2, 0, 0x10000000);
	cells("ibm,dynamic-memory", 1, 0xffffffff);
	end();
	read_as(LINUX_6_12);
	assert_non_null(linux_tree.why_not);
}

static void test_cpu_by_type_elsewhere(void **state)
{
	(void)state;
	start();
	root_cells();
	begin("device");
	cpu("thing", 8, 32);
	end();
	others(true, true, true, true);
	read_as(LINUX_6_12);
	paths_are(linux_tree.first_cpu, "/device/thing");
	assert_int_equal(linux_tree.dcache.block, 32);
	assert_int_equal(linux_tree.cpus, 2);
	assert_int_equal(linux_tree.boot_cpu, 1);
}

static void test_no_boot_cpu(void **state)
{
	(void)state;
	start();
	root_cells();
	begin("cpus");
	cpu("PowerPC,POWER9@8", 8, 128);
	end();
	others(true, false, true, true);
	read_as(LINUX_6_12);
	assert_string_equal(linux_tree.why_not, "no boot CPU");
}

/* XICS stops Linux then. */
static void test_boot_cpu_outside_cpus(void **state)
{
	(void)state;
	start();
	root_cells();
	begin("cpus");
	end();
	others(true, true, true, true);
	read_as(LINUX_6_12);
	assert_string_equal(linux_tree.why_not, "the boot CPU is not in /cpus");
}

static void test_version_of_the_last_boot_cpu(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, true, true);
	begin("thing");
	text("device_type", "cpu");
	cells("ibm,ppc-interrupt-server#s", 2, 0, 1);
	cells("cpu-version", 1, 0x0f000005);
	end();
	read_as(LINUX_6_12);
	assert_int_equal(linux_tree.cpu_version, 0x0f000005);
	assert_int_equal(linux_tree.threads, 2);
}

static void test_bridge_by_type(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, true, true);
	begin("thing");
	text("device_type", "pci");
	cells("#address-cells", 1, 3);
	cells("#size-cells", 1, 2);
	cells("ranges", 7, 0x02000000, 0, 0x80000000, 0, 0x10000000, 0, 0x1000000);
	end();
	read_as(LINUX_6_12);
	assert_int_equal(linux_tree.phbs, 1);
	assert_int_equal(linux_tree.phb[0].windows, 1);
	assert_int_equal(linux_tree.phb[0].window[0].base, 0x10000000);
	assert_int_equal(linux_tree.phb[0].window[0].size, 0x1000000);
}

static void test_surface(void **state)
{
	(void)state;
	start();
	root_cells();
	done(fdt_property(blob, "ibm,secure-boot", "", 0));
	others(true, true, true, false);
	begin("rtas");
	cells("linux,rtas-base", 1, 0x1000000);
	cells("rtas-size", 1, 0x800);
	cells("ibm,configure-kernel-dump", 1, 1);
	cells("ibm,kernel-dump", 1, 1);
	cells("ibm,configure-connector", 1, 1);
	end();
	begin("hypervisor");
	text("compatible", "linux,kvm");
	cells("hcall-instructions", 1, 0x44000042);
	end();
	begin("event-sources");
	begin("hot-plug-events");
	end();
	end();
	read_as(LINUX_6_12);
	assert_true(linux_tree.crashed && linux_tree.kvm);
	assert_int_equal(linux_tree.hcalls, 1);
	assert_true(has_surface("ibm,secure-boot") && has_surface("ibm,kernel-dump") &&
		    has_surface("hcall-instructions"));
	assert_true(has_surface("ibm,configure-connector") && has_surface("hot-plug-events"));
}

static void reserve(const char *name, bool no_map)
{
	begin(name);
	cells("reg", 4, 0, 0x8000000, 0, 0x10000);
	if (no_map)
		done(fdt_property(blob, "no-map", "", 0));
	end();
}

static void test_reserved_memory(void **state)
{
	(void)state;
	start();
	root_cells();
	others(true, true, true, true);
	begin("reserved-memory@7");
	root_cells();
	done(fdt_property(blob, "ranges", "", 0));
	reserve("a@0", false);
	reserve("b@0", true);
	end();
	read_as(LINUX_6_12);
	assert_int_equal(linux_tree.reserved.count, 1);
	assert_int_equal(linux_tree.unmapped.count, 1);
}

/* Bytes that are no tree: said, and never read past. */
static void test_cut_off(void **state)
{
	uint8_t *copy;

	(void)state;
	start();
	root_cells();
	others(true, true, true, true);
	read_as(LINUX_6_12);
	for (size_t size = 0; size < fdt_totalsize(blob); size += 3) {
		copy = malloc(size + 1);
		memcpy(copy, blob, size);
		if (size > 8)
			be32_store(copy + 4, size);
		flat_read(&flat, copy, size);
		linux_read(&linux_tree, &flat, LINUX_6_12);
		assert_non_null(linux_tree.why_not);
		free(copy);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_numa),
		cmocka_unit_test(test_chosen_with_an_address),
		cmocka_unit_test(test_chosen_behind_a_slash),
		cmocka_unit_test(test_second_property_is_not_seen),
		cmocka_unit_test(test_property_behind_a_child_is_not_seen),
		cmocka_unit_test(test_cmdline_without_an_end),
		cmocka_unit_test(test_rtas_below_another),
		cmocka_unit_test(test_last_of_two_tokens),
		cmocka_unit_test(test_memory_by_type),
		cmocka_unit_test(test_memory_below_another_node_is_of_numa_only),
		cmocka_unit_test(test_memory_that_is_disabled),
		cmocka_unit_test(test_cells_are_one_by_default),
		cmocka_unit_test(test_usable_memory),
		cmocka_unit_test(test_memory_limit),
		cmocka_unit_test(test_dynamic_memory),
		cmocka_unit_test(test_first_form_of_dynamic_memory_wins),
		cmocka_unit_test(test_dynamic_memory_that_ends_nowhere),
		cmocka_unit_test(test_cpu_by_type_elsewhere),
		cmocka_unit_test(test_no_boot_cpu),
		cmocka_unit_test(test_boot_cpu_outside_cpus),
		cmocka_unit_test(test_version_of_the_last_boot_cpu),
		cmocka_unit_test(test_bridge_by_type),
		cmocka_unit_test(test_surface),
		cmocka_unit_test(test_reserved_memory),
		cmocka_unit_test(test_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
