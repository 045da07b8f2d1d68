// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hints that lead out: each cause is reproduced, the hint is read, and what it says is done to the
 * same guest, literally. Then it boots. Numbers that only a machine can produce: tests/machine/test_hints.py.
 */
#include <libfdt.h>

#include "abi/papr.h"
#include "abi/pef.h"
#include "abi/steps.h"
#include "boot/doors/door.h"
#include "boot/main.h"
#include "fdt/schema.h"
#include "lib/endian.h"
#include "tests/host/fake/guest.h"
#include "tests/host/unit/test.h"

#define SET(tree, node, name, ...) guest_set(tree, node, name, (const uint32_t[]){ __VA_ARGS__ }, \
					     sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)
#define TREE fake_guest.tree
#define CAS  fake_guest.cas
#define start guest_make_secure
#define say   guest_say

static int end(void **state)
{
	(void)state;
	guest_unmark();
	return 0;
}

static void remove_node(void *tree, const char *path)
{
	assert_int_equal(fdt_nop_node(tree, fdt_path_offset(tree, path)), 0);
}

static void remove_bridges(void)
{
	remove_node(TREE, "/pci@800000020000000/pci@1");
	remove_node(CAS, "/pci@800000020000000/pci@1");
}

static void add_memory_nodes(uint32_t count)
{
	char name[32];

	fake_guest.ask_code = U_FUNCTION;
	for (uint32_t i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "/memory@%x", 0x40000000 + 0x200000 * i);
		fdt_add_subnode(TREE, 0, name + 1);
		SET(TREE, name, "reg", 0, 0x40000000 + 0x200000 * i, 0, 0x1000);
	}
}

static void offer_xive_only(void)
{
	fdt_setprop(TREE, fdt_path_offset(TREE, "/chosen"), "ibm,arch-vec-5-platform-support",
		    "\x17\x40\x18\xc0\x1a\x40", 6);
}

static void set_initrd(uint32_t from, uint32_t to)
{
	SET(TREE, "/chosen", "linux,initrd-start", from);
	SET(TREE, "/chosen", "linux,initrd-end", to);
}

static void make_zimage(void)
{
	SET(TREE, "/chosen", "qemu,boot-kernel", 0, GUEST_KERNEL, 0, 0x6000000);
	set_initrd(0x10000000, 0x10001000);
	memset((void *)GUEST_KERNEL, 0, 256);
	be32_store((void *)(GUEST_KERNEL + 0x4000000), 0x48000024);
	be32_store((void *)(GUEST_KERNEL + 0x4000008), 0x4000000);
}

static void low_kernel(void)
{
	memcpy((void *)0x20000, (void *)GUEST_KERNEL, 0x1000);
	SET(TREE, "/chosen", "qemu,boot-kernel", 0, 0x20000, 0, 0x10000);
}

/* A kernel beyond the end of memory, and memory that reaches there. */
static void put_kernel_high(void)
{
	fake_guest.ask_code = U_FUNCTION;
	memcpy((void *)0x30010000, (void *)GUEST_KERNEL, 0x1000);
	SET(TREE, "/chosen", "qemu,boot-kernel", 0, 0x30010000, 0, 0x10000);
}

static void give_memory(void)
{
	SET(TREE, "/memory@0", "reg", 0, 0, 0, 0x40000000);
	SET(CAS, "/memory@0", "reg", 0, 0, 0, 0x40000000);
}

/* Devices, until the tree is as large as it may be: what is added to it does not fit. */
static void add_devices(uint32_t bytes)
{
	static const uint8_t vec5[27] = { [OV5_MMU] = OV5_MODE_NEW, [OV5_RADIX_EXT] = OV5_GTSE };
	static uint8_t value[0x3000];
	char name[24];

	say("pefboot.cas=off");
	fdt_open_into(TREE, (void *)0x1c000000, 0x200000);
	TREE = (void *)0x1c000000;
	fdt_setprop(TREE, fdt_path_offset(TREE, "/chosen"), "ibm,architecture-vec-5", vec5, sizeof(vec5));
	for (uint32_t size = sizeof(value); size; size = size / 2 & ~3U) {
		do
			snprintf(name, sizeof(name), "x%x", fdt_size_dt_struct(TREE));
		while (fdt_off_dt_struct(TREE) + fdt_size_dt_struct(TREE) < bytes && fdt_setprop(TREE, 0, name, value, (int)size) == 0);
	}
}

/* A device with the last phandle that there is. */
static void take_last_phandle(void)
{
	fake_guest.ask_code = U_FUNCTION;
	say("pefboot.dma=pool");
	fdt_setprop_u32(CAS, fdt_path_offset(CAS, "/pci@800000020000001"), "phandle", 0xfffffffe);
}

static void change_magic(void *tree) { fdt_set_magic(tree, 0); }
static void change_initrd(void *tree) { SET(tree, "/chosen", "linux,initrd-start", 0, 0x2300000); }
static void take_mark(void *tree) { (void)tree, guest_unmark(); }
static void change_rtas(void *tree)
{
	const fdt32_t *rtas = fdt_getprop(tree, fdt_path_offset(tree, "/rtas"), "linux,rtas-base", NULL);

	*(uint32_t *)(uintptr_t)fdt32_to_cpu(*rtas) ^= 1;
}

/* The size that the message of E601 says fits. */
static void take_largest_pool(void)
{
	static char words[64];
	int size = 0;

	say("pefboot.pool=500M");
	assert_int_equal(guest_boot(), E_NO_POOL);
	assert_int_equal(sscanf(strstr(guest_console(), "where "), "where %dM is the largest", &size), 1);
	start();
	snprintf(words, sizeof(words), "pefboot.pool=%dM", size);
	say(words);
}

/*
 * number, words of its hint, what is wrong, and what is done as the hint says. What a damaged tree
 * needs is the one that QEMU makes by itself: start().
 */
#define HINTS(X)                                                                                    \
	X(101, "one of its documented doors", TREE = NULL, start())                                 \
	X(103, "or a smaller initrd", set_initrd(0x2400000, 0x1ff00000), set_initrd(0x2400000, 0x2500000)) \
	X(201, "check -dtb", fdt_set_magic(TREE, 0xd00dfeee), start())                              \
	X(202, "not of a pseries machine", SET(TREE, "/", "#address-cells", 0x40000000), start())   \
	X(203, "begins at address 0", SET(TREE, "/memory@0", "reg", 0, 0x100000, 0, 0x1ff00000),    \
	  SET(TREE, "/memory@0", "reg", 0, 0, 0, 0x20000000))                                       \
	X(204, "at least one cpu", remove_node(CAS, "/cpus"), start())                              \
	X(205, "use -M pseries", remove_node(CAS, "/rtas"), start())                                \
	X(207, "use fewer memory nodes", add_memory_nodes(64), { start(); add_memory_nodes(4); })   \
	X(208, "without pefboot.cas=", { offer_xive_only(); say("pefboot.cas=xics"); }, say("quiet"))   \
	X(209, "try pefboot.cas=off", CAS = NULL, say("pefboot.cas=off pefboot.secure=off"))         \
	X(210, "remove devices or bridges", fake_guest.buses[0] = 0, remove_bridges())              \
	X(211, "options in README.md", say("pefboot.secure=maybe"), say("pefboot.secure=required")) \
	X(212, "not of a pseries machine", remove_node(TREE, "/chosen"), start())                   \
	X(301, "use -kernel", fdt_delprop(TREE, fdt_path_offset(TREE, "/chosen"), "qemu,boot-kernel"), \
	  SET(TREE, "/chosen", "qemu,boot-kernel", 0, GUEST_KERNEL, 0, 0x2000000))                  \
	X(302, "pass an uncompressed", memset((void *)GUEST_KERNEL, 0, 256), start())               \
	X(303, "pass vmlinux", make_zimage(), start())                                              \
	X(304, "give the guest more memory", put_kernel_high(), give_memory())                      \
	X(305, "or a smaller initrd", set_initrd(0x2400000, 0x20010000), set_initrd(0x2400000, 0x2500000)) \
	X(306, "remove kernel-addr=", set_initrd(0x2300000, 0x2500000), set_initrd(0x2400000, 0x2500000)) \
	X(307, "raise mem=", say("mem=32M"), say("mem=256M"))                                       \
	X(401, "pefboot.secure=auto", { fake_guest.ask_code = U_FUNCTION; say("pefboot.secure=required"); }, \
	  say("pefboot.secure=auto"))                                                               \
	X(402, "use fewer devices", add_devices(UINT32_MAX), { start(); add_devices(0x20000); })     \
	X(403, "QEMU 3.0 or later, and a shorter -append", fake_guest.update_code = H_PARAMETER, fake_guest.update_code = 0) \
	X(404, "or pefboot.kernel=any", guest_unmark(), say("pefboot.kernel=any"))                  \
	X(405, "pefboot.secure=off boots", fake_guest.esm_code = U_PERMISSION, say("pefboot.secure=off")) \
	X(406, "at 4 MiB", low_kernel(), SET(TREE, "/chosen", "qemu,boot-kernel", 0, 0x400000, 0, 0x2000000)) \
	X(407, "no disable_radix or pefboot.cas=", fdt_nop_property(CAS, fdt_path_offset(CAS, "/rtas"), "start-cpu"), start()) \
	X(421, "pefboot.tpm=off does without", say("pefboot.tpm=required"), say("pefboot.tpm=off")) \
	X(501, "the host interferes", fake_guest.meddle = change_magic, fake_guest.meddle = NULL)   \
	X(502, "the host interferes", fake_guest.meddle = change_initrd, fake_guest.meddle = NULL)  \
	X(503, "the host interferes", fake_guest.meddle = change_rtas, fake_guest.meddle = NULL)    \
	X(510, "the host claims memory", SET(CAS, "/memory@0", "reg", 0, 0, 0, 0x40000000), start()) \
	X(511, "the host changed it", fake_guest.meddle = take_mark, { start(); })                  \
	X(601, "with the size that fits", say("pefboot.pool=500M"), take_largest_pool())            \
	X(602, "use pefboot.pool=16M or more, or", say("pefboot.pool=8M"), say("pefboot.pool=16M")) \
	X(603, "the ultravisor's own log", fake_guest.share_code = U_P2, fake_guest.share_code = 0) \
	X(604, "use fewer devices", take_last_phandle(), remove_node(CAS, "/pci@800000020000001"))

static void is_said(const char *words)
{
	const char *hint = strstr(guest_console(), "pefboot: hint: ");

	if (!hint || !strstr(hint, words))
		print_error("no \"%s\" in\n%s", words, guest_console());
	assert_true(hint && strstr(hint, words));
}

static void stops(int number)
{
	int rc = guest_boot();

	if (rc != number)
		print_error("%s", guest_console());
	assert_int_equal(rc, number);
}

#define X(number, words, cause, remedy)                            \
	static void test_hints_##number(void **state)              \
	{                                                          \
		(void)state;                                       \
		start();                                           \
		cause;                                             \
		stops(number);                                     \
		is_said(words);                                    \
		start();                                           \
		cause;                                             \
		remedy;                                            \
		stops(0);                                          \
	}
HINTS(X)
#undef X

/* Entered as the secure stage by nobody who may: the documented doors do better. */
static void test_hints_504(void **state)
{
	(void)state;
	start();
	assert_true(fake_stops(boot_start(DOOR_ULTRAVISOR, 0x3d0000, (uintptr_t)TREE, 0x3d0000, 0)));
	assert_int_equal(guest_exit(), E_NOT_SECURE);
	is_said("by one of its documented doors");
	start();
	stops(0);
}

int main(void)
{
#define X(number, words, cause, remedy) cmocka_unit_test_teardown(test_hints_##number, end),
	const struct CMUnitTest tests[] = {
		HINTS(X)
		cmocka_unit_test_teardown(test_hints_504, end),
	};
#undef X

	return RUN(tests);
}
