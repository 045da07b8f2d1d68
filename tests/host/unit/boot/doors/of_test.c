// SPDX-License-Identifier: GPL-2.0-or-later
/* The door of Open Firmware: the whole tree as it is, and each answer that makes no sense. */
#include <libfdt.h>
#include <stdlib.h>

#include "abi/steps.h"
#include "boot/doors/door.h"
#include "boot/doors/of_tree.h"
#include "boot/doors/open_firmware.h"
#include "boot/main.h"
#include "fdt/read.h"
#include "fdt/walk.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/rtas.h"
#include "tests/host/fake/guest.h"
#include "tests/host/fake/of.h"
#include "tests/host/unit/test.h"

#define IMAGE 0x400000UL

static const struct range none = { 0, 0 }, image = { IMAGE, IMAGE + 0x30000 };

static int start(void **state)
{
	(void)state;
	guest_make();
	fake_of = (struct fake_of){ .tree = fake_guest.tree };
	guest_set(fake_guest.tree, "/chosen", "stdin", (const uint32_t[]){ 55 }, 1);
	guest_set(fake_guest.tree, "/chosen", "stdout", (const uint32_t[]){ 56 }, 1);
	guest_set(fake_guest.tree, "/chosen", "cpu", (const uint32_t[]){ 57 }, 1);
	return 0;
}

static const void *open_door(struct range initrd)
{
	const void *tree = NULL;

	assert_int_equal(open_firmware_leave(&tree, FAKE_OF_CLIENT, initrd, image), 0);
	assert_int_equal(dt_check(tree, TREE_SPACE), 0);
	assert_int_equal(fdt_num_mem_rsv(tree), 0);
	return tree;
}

/* What an event of a walk is about; properties that the door adds or leaves out are passed over. */
static int step_of(struct dt_walk *walk)
{
	int event;

	do {
		event = dt_walk_next(walk);
		assert_true(event >= 0);
	} while (event == DT_PROP && (strcmp(walk->name, "phandle") == 0 || strcmp(walk->name, "name") == 0 ||
				      strcmp(walk->name, "qemu,boot-kernel") == 0));
	return event;
}

/* All nodes, all properties, in their order, each value as it was. */
static void test_tree(void **state)
{
	const void *tree = open_door(none);
	struct dt_walk is, was;
	int event;

	(void)state;
	assert_int_equal(dt_walk_start(&was, fake_guest.tree, TREE_SPACE), 0);
	assert_int_equal(dt_walk_start(&is, tree, TREE_SPACE), 0);
	while ((event = step_of(&was)) != DT_DONE) {
		assert_int_equal(step_of(&is), event);
		if (event == DT_NODE_END)
			continue;
		assert_string_equal(is.name, was.name);
		if (event == DT_PROP) {
			assert_int_equal(is.size, was.size);
			assert_memory_equal(is.value, was.value, was.size);
		}
	}
	assert_int_equal(step_of(&is), DT_DONE);
	assert_int_equal(fdt_num_mem_rsv(tree), 0);
	assert_int_equal(fdt_boot_cpuid_phys(tree), 8);
}

/* A node keeps the phandle that it has, and others get their handle as one. */
static void test_phandles(void **state)
{
	const void *tree = open_door(none);
	int node, count = 0;

	(void)state;
	for (node = 0; node >= 0; node = fdt_next_node(fake_guest.tree, node, NULL), count++) {
		char path[256];
		uint32_t own = fdt_get_phandle(fake_guest.tree, node);

		assert_int_equal(fdt_get_path(fake_guest.tree, node, path, sizeof(path)), 0);
		assert_int_equal(fdt_get_phandle(tree, fdt_path_offset(tree, path)), own ? own : (uint32_t)node + 1);
	}
	assert_true(count > 10);
}

/* Each name of a property stands there once. */
static void test_names(void **state)
{
	const void *tree = open_door(none);
	int offset = 0, size = (int)fdt_size_dt_strings(tree);

	(void)state;
	while (offset < size) {
		const char *name = fdt_string(tree, offset);

		for (int other = offset + (int)strlen(name) + 1; other < size;
		     other += (int)strlen(fdt_string(tree, other)) + 1)
			assert_string_not_equal(fdt_string(tree, other), name);
		offset += (int)strlen(name) + 1;
	}
}

/* Open Firmware is asked for its modes, closed and ended, in this order. */
static void test_end(void **state)
{
	(void)state;
	open_door(none);
	assert_int_equal(be32_load(fake_of.vectors + 4), 0x0f000004);
	assert_int_equal(fake_of.closes, 2);
	assert_int_equal(fake_of.closed[0], 56);
	assert_int_equal(fake_of.closed[1], 55);
	assert_int_equal(fake_of.quiesced, 1);
	start(NULL);
	guest_say("pefboot.cas=off");
	open_door(none);
	assert_int_equal(fake_of.vectors[0], 0);
}

static void test_initrd(void **state)
{
	const struct range initrd = { 0x2400000, 0x2500000 };
	const void *tree = open_door(initrd);
	int chosen = fdt_path_offset(tree, "/chosen");
	uint64_t value;

	(void)state;
	assert_int_equal(dt_u32_or_u64(tree, chosen, "linux,initrd-start", &value), 0);
	assert_int_equal(value, initrd.start);
	assert_int_equal(dt_u32_or_u64(tree, chosen, "linux,initrd-end", &value), 0);
	assert_int_equal(value, initrd.end);
	assert_null(fdt_getprop(tree, chosen, "qemu,boot-kernel", NULL));
}

/* The whole line: what is left to complain of is that there is no kernel but ourselves. */
static void test_line(void **state)
{
	(void)state;
	guest_say("pefboot.cas=off");
	assert_true(fake_stops(boot_start(DOOR_OPEN_FIRMWARE, IMAGE, 0, 0, FAKE_OF_CLIENT)));
	assert_int_equal(guest_exit(), E_NO_KERNEL);
	assert_non_null(strstr(guest_console(), "1/7 entry door="));
	fake_reset();
	assert_true(fake_stops(boot_start(DOOR_OPEN_FIRMWARE, IMAGE, 0x1000, -1UL, FAKE_OF_CLIENT)));
	assert_int_equal(guest_exit(), E_INITRD_RANGE);
}

/* Services that are not there. */
static void test_unknown(void **state)
{
	static const char *const services[] = {
		"claim", "finddevice", "getprop", "open", "call-method", "peer", "child", "nextprop",
		"package-to-path", "instance-to-package", "close", "quiesce",
	};
	const void *tree;

	(void)state;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		start(NULL);
		fake_of.unknown = services[i];
		assert_int_equal(open_firmware_leave(&tree, FAKE_OF_CLIENT, none, image), E_OF_CALL);
		assert_non_null(strstr(error_text(), services[i]));
	}
}

/* Answers that make no sense, one at a time. */
static uint32_t asked;

static bool is(const struct of_call *call, const char *service)
{
	return strcmp(call->service, service) == 0;
}

static void no_memory(struct of_call *call)
{
	if (is(call, "claim"))
		call->ret[0] = OF_NONE;
}

static void memory_at_0(struct of_call *call)
{
	if (is(call, "claim"))
		call->ret[0] = 0;
}

static void memory_over_us(struct of_call *call)
{
	if (is(call, "claim"))
		call->ret[0] = IMAGE + 0x20000;
}

static void memory_at_4g(struct of_call *call)
{
	if (is(call, "claim"))
		call->ret[0] = 0xffff0000;
}

static void memory_askew(struct of_call *call)
{
	if (is(call, "claim"))
		call->ret[0] = FAKE_OF_CLAIM + 8;
}

static void cas_refused(struct of_call *call)
{
	if (is(call, "call-method"))
		call->ret[1] = 5;
}

static void cas_throws(struct of_call *call)
{
	if (is(call, "call-method"))
		call->ret[0] = OF_NONE;
}

static void no_root(struct of_call *call)
{
	if (is(call, "peer") && call->arg[0] == 0)
		call->ret[0] = 0;
}

static void root_for_ever(struct of_call *call)
{
	if (is(call, "child"))
		call->ret[0] = 1;
}

static void peers_for_ever(struct of_call *call)
{
	if (is(call, "nextprop"))
		call->ret[0] = 0;	/* quickly */
	else if (is(call, "peer") && call->arg[0] > 1)
		call->ret[0] = (uint32_t)call->arg[0];
}

static void peer_fails(struct of_call *call)
{
	if (is(call, "peer") && call->arg[0])
		call->ret[0] = OF_NONE;
}

static void child_fails(struct of_call *call)
{
	if (is(call, "child"))
		call->ret[0] = OF_NONE;
}

static void name_without_end(struct of_call *call)
{
	if (is(call, "nextprop"))
		memset((char *)call->arg[2], 'a', OF_NAME_MAX);
}

static void name_of_nothing(struct of_call *call)
{
	if (is(call, "nextprop"))
		*(char *)call->arg[2] = '\0';
}

static void names_for_ever(struct of_call *call)
{
	if (is(call, "nextprop")) {
		strcpy((char *)call->arg[2], "compatible");
		call->ret[0] = 1;
	}
}

static void nextprop_fails(struct of_call *call)
{
	if (is(call, "nextprop"))
		call->ret[0] = OF_NONE;
}

static void property_gone(struct of_call *call)
{
	if (is(call, "getprop") && strcmp((const char *)call->arg[1], "device_type") == 0)
		call->ret[0] = OF_NONE;
}

static void path_without_end(struct of_call *call)
{
	if (is(call, "package-to-path"))
		memset((char *)call->arg[1], '/', OF_PATH_MAX + 1);
}

static void path_too_long(struct of_call *call)
{
	if (is(call, "package-to-path"))
		call->ret[0] = OF_PATH_MAX + 1;
}

static void path_without_slash(struct of_call *call)
{
	if (is(call, "package-to-path"))
		strcpy((char *)call->arg[1], "nonsense");
}

static void path_of_root(struct of_call *call)
{
	if (is(call, "package-to-path"))
		strcpy((char *)call->arg[1], "/");
}

static void property_too_large(struct of_call *call)
{
	if (is(call, "getprop") && strcmp((const char *)call->arg[1], "device_type") == 0)
		call->ret[0] = (uint32_t)TREE_SPACE;
}

static void property_of_all(struct of_call *call)
{
	if (is(call, "getprop") && call->arg[3] > 0x10000)
		call->ret[0] = (uint32_t)call->arg[3];
}

static void names_of_all(struct of_call *call)
{
	if (!is(call, "nextprop"))
		return;
	call->ret[0] = ++asked % 400 != 0;
	snprintf((char *)call->arg[2], OF_NAME_MAX, "a-name-that-is-rather-long-%u", asked);
	if (call->ret[0] == 0)
		*(char *)call->arg[2] = '\0';
}

static void any_property(struct of_call *call)
{
	names_of_all(call);
	if (is(call, "getprop") && strncmp((const char *)call->arg[1], "a-name", 6) == 0)
		call->ret[0] = 4;
}

static void cmdline_too_long(struct of_call *call)
{
	if (is(call, "getprop") && strcmp((const char *)call->arg[1], "bootargs") == 0)
		call->ret[0] = 1 << 16;
}

static void test_nonsense(void **state)
{
	static const struct {
		int number;
		void (*twist)(struct of_call *call);
	} cases[] = {
		{ E_OF_MEMORY, no_memory }, { E_OF_MEMORY, memory_at_0 }, { E_OF_MEMORY, memory_over_us },
		{ E_OF_MEMORY, memory_at_4g }, { E_OF_MEMORY, memory_askew },
		{ E_CAS_REFUSED, cas_refused }, { E_CAS_REFUSED, cas_throws },
		{ E_OF_TREE, cmdline_too_long }, { E_OF_TREE, no_root }, { E_OF_TREE, root_for_ever },
		{ E_OF_TREE, peers_for_ever }, { E_OF_TREE, peer_fails }, { E_OF_TREE, child_fails },
		{ E_OF_TREE, name_without_end }, { E_OF_TREE, name_of_nothing }, { E_OF_TREE, names_for_ever },
		{ E_OF_TREE, nextprop_fails }, { E_OF_TREE, property_gone }, { E_OF_TREE, path_without_end },
		{ E_OF_TREE, path_too_long }, { E_OF_TREE, path_without_slash }, { E_OF_TREE, path_of_root },
		{ E_OF_SIZE, property_too_large }, { E_OF_SIZE, property_of_all }, { E_OF_SIZE, any_property },
	};
	const void *tree;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc;

		start(NULL);
		asked = 0;
		fake_of.twist = cases[i].twist;
		rc = open_firmware_leave(&tree, FAKE_OF_CLIENT, none, image);
		if (rc != cases[i].number)
			print_error("case %zu: E%d, %s\n", i, rc, error_text());
		assert_int_equal(rc, cases[i].number);
	}
}

/* Hints: with the firmware, or the devices, that the hint asks for. */
static void hints(int number, const char *words, const char *unknown, void (*twist)(struct of_call *call))
{
	const void *tree;

	start(NULL);
	asked = 0;
	fake_of.unknown = unknown;
	fake_of.twist = twist;
	assert_int_equal(open_firmware_leave(&tree, FAKE_OF_CLIENT, none, image), number);
	assert_non_null(strstr(error_hint(number), words));
	start(NULL);
	open_door(none);
}

static void test_hints_111(void **state) { (void)state; hints(111, "under SLOF or VOF", "claim", NULL); }
static void test_hints_112(void **state) { (void)state; hints(112, "more memory (-m)", NULL, no_memory); }
static void test_hints_113(void **state) { (void)state; hints(113, "without other firmware between", NULL, no_root); }
static void test_hints_114(void **state) { (void)state; hints(114, "use fewer devices", NULL, any_property); }

static void test_initrd_over_memory(void **state)
{
	const struct range initrd = { FAKE_OF_CLAIM + 0x1000, FAKE_OF_CLAIM + 0x2000 };
	const void *tree;

	(void)state;
	assert_int_equal(open_firmware_leave(&tree, FAKE_OF_CLIENT, initrd, image), E_OF_MEMORY);
}

static void test_no_chosen(void **state)
{
	const void *tree;

	(void)state;
	fdt_del_node(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/chosen"));
	assert_int_equal(open_firmware_leave(&tree, FAKE_OF_CLIENT, none, image), E_NO_CHOSEN);
}

/* A disk that a loader has left in use (DMA on, nothing else of it answers), and one that is at rest. */
static uint32_t commands[2], written[2];

static int two_disks(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	uint32_t which = args[0] >> 16 & 1;

	(void)nrets;
	if ((args[0] & 0xff) != 0x04)
		return RTAS_HARDWARE_ERROR;
	if (token == 0x200f && nargs == 5) {
		commands[which] = args[4];
		written[which]++;
	} else if (rets) {
		*rets = commands[which];
	}
	return 0;
}

static void test_reset(void **state)
{
	static const char *const nodes[] = { "/pci@800000020000000/scsi@0", "/pci@800000020000000/pci@1/ethernet@2" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		guest_set(fake_guest.tree, nodes[i], "vendor-id", (const uint32_t[]){ 0x1af4 }, 1);
		guest_set(fake_guest.tree, nodes[i], "device-id", (const uint32_t[]){ 0x1042 }, 1);
	}
	fake.rtas = two_disks;
	commands[0] = 7;
	commands[1] = 3;
	written[0] = written[1] = 0;
	open_door(none);
	assert_int_equal(commands[0], 3);
	assert_true(written[0] > 0);
	assert_int_equal(commands[1], 3);
	assert_int_equal(written[1], 0);
}

/* Bridges that SLOF has numbered are not looked at; what these say makes no sense. */
static void bridges(bool described, int want)
{
	static const char *const nodes[] = { "/pci@800000020000000/pci@1", "/pci@800000020000000/pci@1/pci@3" };

	start(NULL);
	fake_guest.buses[0] = fake_guest.buses[1] = 0;
	for (int i = 0; described && i < 2; i++)
		guest_set(fake_guest.tree, nodes[i], "bus-range", (const uint32_t[]){ 1, 2 }, 2);
	assert_true(fake_stops(boot_start(DOOR_OPEN_FIRMWARE, IMAGE, 0, 0, FAKE_OF_CLIENT)));
	assert_int_equal(guest_exit(), want);
}

/* SLOF starts from more than is read here: what it was is said. */
static void test_started_from_hints(void **state)
{
	static const char path[] = "/vdevice/v-scsi@71000003/disk@8200000000000000";

	(void)state;
	fdt_setprop_string(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/chosen"), "bootpath", path);
	assert_true(fake_stops(boot_start(DOOR_OPEN_FIRMWARE, IMAGE, 0, 0, FAKE_OF_CLIENT)));
	assert_int_equal(guest_exit(), E_NO_KERNEL);
	assert_non_null(strstr(guest_console(), "no virtio disk, but \"/vdevice/v-scsi@71000003/disk@8200000000000000\""));
	assert_non_null(strstr(guest_console(), "for -cdrom, USB: pefboot-bundle slof"));
}

static void test_bridges(void **state)
{
	(void)state;
	bridges(false, E_PCI);
	bridges(true, E_NO_KERNEL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_tree, start),
		cmocka_unit_test_setup(test_phandles, start),
		cmocka_unit_test_setup(test_names, start),
		cmocka_unit_test_setup(test_end, start),
		cmocka_unit_test_setup(test_initrd, start),
		cmocka_unit_test_setup(test_line, start),
		cmocka_unit_test_setup(test_unknown, start),
		cmocka_unit_test_setup(test_nonsense, start),
		cmocka_unit_test_setup(test_initrd_over_memory, start),
		cmocka_unit_test_setup(test_no_chosen, start),
		cmocka_unit_test_setup(test_reset, start),
		cmocka_unit_test_setup(test_bridges, start),
		cmocka_unit_test_setup(test_started_from_hints, start),
		cmocka_unit_test_setup(test_hints_111, start), cmocka_unit_test_setup(test_hints_112, start),
		cmocka_unit_test_setup(test_hints_113, start), cmocka_unit_test_setup(test_hints_114, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
