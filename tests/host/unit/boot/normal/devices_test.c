// SPDX-License-Identifier: GPL-2.0-or-later
/* The devices that pefboot itself drives: which of the bus, and what becomes of them. */
#include "boot/normal/devices.h"
#include "boot/normal/normal.h"

#include <libfdt.h>

#include "abi/steps.h"
#include "abi/virtio.h"
#include "boot/doors/door.h"
#include "fdt/read.h"
#include "lib/console.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "tests/host/fake/guest.h"
#include "tests/host/fake/virtio.h"
#include "tests/host/unit/test.h"

#define F    fake_virtio
#define HOME 0x1c000000UL
#define OLD  "\1\2\3\4\5\6\7\10\11"

static struct machine machine;
static struct devices *devices;

/* The function at 0x1000, of that type, in tree and bus; the device behind it. */
static void plug(uint32_t type)
{
	static const uint32_t ports[] = { 0x1000000, 0, 0x1000, 0x2000, 0, 0, 0xf000, 0x2000000, 0, 0x80000000, 0x2000, 0x80000000, 0,
					  0x80000000 };
	static const uint32_t reg[] = { 0x1000, 0, 0, 0, 0, 0x3001020, 0, 0, 0, 0x4000 };
	const char *node = "/pci@800000020000000/any@2";
	void *tree = fake_guest.tree;

	fake_virtio_reset(type, true);
	fdt_add_subnode(tree, fdt_path_offset(tree, "/pci@800000020000000"), "any@2");
	guest_set(tree, node, "reg", reg, 10);
	guest_set(tree, node, "vendor-id", (const uint32_t[]){ VIRTIO_PCI_VENDOR }, 1);
	guest_set(tree, node, "device-id", (const uint32_t[]){ VIRTIO_PCI_DEVICE_MODERN + type }, 1);
	guest_set(tree, node, "class-code", (const uint32_t[]){ 0xff00 }, 1);
	guest_set(tree, "/pci@800000020000000", "ranges", ports, 14);
	guest_set(tree, "/rtas", "ibm,read-pci-config", (const uint32_t[]){ 0x2012 }, 1);
	guest_set(tree, "/rtas", "ibm,write-pci-config", (const uint32_t[]){ 0x2013 }, 1);
	fdt_nop_node(tree, fdt_path_offset(tree, "/pci@800000020000000/scsi@0"));
	fdt_nop_node(tree, fdt_path_offset(tree, "/pci@800000020000000/pci@1"));
	fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), "rng-seed", OLD, 9);
}

static void start(uint32_t type)
{
	guest_make();
	plug(type);
	guest_enter(&machine, HOME);
	log_set_level(LOG_INFO);
	assert_int_equal(dt_outline(&machine.outline, machine.home.tree, TREE_SPACE, DT_FULL), 0);
	devices = devices_at(&machine.home);
	memset(devices, 0x5a, sizeof(*devices));	/* whatever lies there */
}

static bool says(const char *words)
{
	return strstr(guest_console(), words);
}

static const uint8_t *seed(int *size)
{
	const void *tree = machine.home.tree;

	return fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "rng-seed", size);
}

/* What it gives is mixed into what there was, over and over. */
static void test_stir(void **state)
{
	const uint8_t *bytes;
	int size = 0;

	(void)state;
	start(VIRTIO_ID_RNG);
	assert_int_equal(devices_find(&machine, false), 0);
	assert_int_equal(devices->bus.functions, 1);
	assert_false(devices->console.open);
	devices->bus.function[1] = devices->bus.function[0];	/* beyond the last */
	assert_int_equal(devices_stir(&machine), 0);
	bytes = seed(&size);
	assert_int_equal(size, 32);
	for (int i = 0; i < size; i++)
		assert_int_equal(bytes[i], 0xa5 ^ (i < 9 ? OLD[i] : 0));
	assert_true(says("rng-seed=stirred devices=1"));
	assert_int_equal(F.status, 0);
}

static void test_stir_without(void **state)
{
	int size = 0;

	(void)state;
	start(VIRTIO_ID_NET);				/* nothing to read random numbers from */
	assert_int_equal(devices_find(&machine, true), 0);
	assert_int_equal(devices->bus.functions, 1);
	assert_int_equal(devices_stir(&machine), 0);
	assert_memory_equal(seed(&size), OLD, 9);
	assert_int_equal(size, 9);
	start(VIRTIO_ID_RNG);				/* one that does not work */
	F.evil = EMPTY;
	assert_int_equal(devices_find(&machine, false), 0);
	assert_int_equal(devices_stir(&machine), 0);
	seed(&size);
	assert_int_equal(size, 9);
	assert_true(says("notice: rng 0x1000 left out: E325 "));
}

/* Who needs none does not look, and has none. */
static void test_not_wanted(void **state)
{
	(void)state;
	start(VIRTIO_ID_NET);
	assert_int_equal(machine.outline.helpers, 0);
	assert_int_equal(devices_find(&machine, false), 0);
	assert_int_equal(devices->bus.functions, 0);
	machine.outline.pci_devices = 0;
	assert_int_equal(devices_find(&machine, true), 0);
	assert_int_equal(devices->bus.functions, 0);
	start(VIRTIO_ID_RNG);
	guest_set(machine.home.tree, "/pci@800000020000000", "ranges", (const uint32_t[]){ 1, 2, 3 }, 3);
	assert_int_equal(devices_find(&machine, true), E_PCI);
	assert_int_equal(devices->bus.functions, 0);
	assert_int_equal(F.config_accesses, 0);
}

/* The log goes to it, with what was said before, until it is closed. */
static void test_console(void **state)
{
	uint32_t requests;

	(void)state;
	start(VIRTIO_ID_CONSOLE);
	assert_int_equal(devices_find(&machine, false), 0);
	assert_true(devices->console.open);
	log_notice("a word to both");
	assert_true(says("a word to both"));
	assert_non_null(strstr((const char *)F.written, "a word to both\n"));
	devices_quiesce(&machine);
	assert_false(devices->console.open);
	assert_int_equal(F.status, 0);
	requests = F.requests;
	log_notice("to one");
	devices_quiesce(&machine);
	assert_int_equal(F.requests, requests);
	start(VIRTIO_ID_CONSOLE);			/* one that does not work */
	F.queue[1].size = 0;
	assert_int_equal(devices_find(&machine, false), 0);
	assert_false(devices->console.open);
	assert_true(says("notice: console 0x1000 left out: E324 "));
}

/* Whatever becomes of step 4, no device of ours touches memory after it. */
static void test_transition(void **state)
{
	struct payload payload = { .options.secure = SECURE_REQUIRED };

	(void)state;
	start(VIRTIO_ID_CONSOLE);
	assert_int_equal(devices_find(&machine, false), 0);
	assert_true(devices->console.open);
	fake.ultracall = NULL;
	assert_int_equal(transition(&machine, &payload), E_NO_ULTRAVISOR);
	assert_false(devices->console.open);
	assert_int_equal(F.status, 0);
}

/* After kexec each is reset, whatever it is; what does not work is said. */
static void test_reset(void **state)
{
	(void)state;
	start(VIRTIO_ID_NET);
	machine.home.door = DOOR_KEXEC;
	F.status = VIRTIO_STATUS_DRIVER_OK;
	assert_int_equal(devices_find(&machine, false), 0);
	assert_int_equal(F.status, 0);
	assert_int_equal(F.resets, 2);			/* to open it, to close it */
	assert_true(says("virtio=1 reset=1"));
	start(VIRTIO_ID_NET);
	machine.home.door = DOOR_KEXEC;
	F.reset_reads = UINT32_MAX;
	assert_int_equal(devices_find(&machine, false), 0);
	assert_true(says("notice: virtio 0x1000 not reset: E322 "));
	assert_true(says("virtio=1 reset=0"));
	start(VIRTIO_ID_NET);				/* by other doors they are as the machine made them */
	assert_int_equal(devices_find(&machine, true), 0);
	assert_int_equal(F.resets, 0);
}

/* The tree as it was handed over reaches into their memory. */
static void test_large_tree(void **state)
{
	(void)state;
	start(VIRTIO_ID_RNG);
	machine.home.handed = machine.home.spare;
	memcpy(machine.home.spare, machine.home.tree, 0x10000);
	fdt_set_totalsize(machine.home.spare, (uint32_t)((uintptr_t)devices - (uintptr_t)machine.home.spare));
	assert_int_equal(devices_find(&machine, true), 0);
	fdt_set_totalsize(machine.home.spare, fdt_totalsize(machine.home.spare) + 1);
	assert_int_equal(devices_find(&machine, true), E_TOO_MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_stir), TEST(test_stir_without), TEST(test_not_wanted), TEST(test_console), TEST(test_transition), TEST(test_reset),
		TEST(test_large_tree),
	};

	return RUN(tests);
}
