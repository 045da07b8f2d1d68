// SPDX-License-Identifier: GPL-2.0-or-later
/* The whole line, from boot_start() to the kernel, with one thing wrong at a time. */
#include <libfdt.h>

#include "abi/papr.h"
#include "abi/pef.h"
#include "abi/steps.h"
#include "boot/normal/tree.h"
#include "fdt/read.h"
#include "lib/console.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "lib/rtas.h"
#include "lib/rtas_blob.h"
#include "tests/host/fake/guest.h"
#include "tests/host/unit/test.h"

static int start(void **state)
{
	(void)state;
	guest_make();
	log_init("pefboot", 512000000);
	log_set_level(LOG_NOTICE);
	return 0;
}

static uint32_t u32(const char *node, const char *name)
{
	uint32_t value = 0;

	assert_int_equal(dt_u32(fake.entered_tree, fdt_path_offset(fake.entered_tree, node), name, &value), 0);
	return value;
}

static const void *prop(const char *node, const char *name, int *size)
{
	return fdt_getprop(fake.entered_tree, fdt_path_offset(fake.entered_tree, node), name, size);
}

/* A bridge's window of I/O ports, the same on both sides: not relocatable, three cells an address, two a size. */
static void window_is(const char *bridge, uint32_t start, uint32_t bytes)
{
	const uint32_t want[8] = { 0x81000000, 0, start, 0x81000000, 0, start, 0, bytes };
	int size = 0;
	const uint8_t *cells = prop(bridge, "ranges", &size);

	assert_int_equal(size, 32);
	for (int i = 0; i < 8; i++)
		assert_int_equal(be32_load(cells + 4 * i), want[i]);
}

/* What Linux needs of the tree. */
static void test_good(void **state)
{
	struct ranges reserved = { 0 };
	uint32_t rtas;
	int size;

	(void)state;
	assert_int_equal(guest_boot(), 0);
	assert_int_equal(fake.entered_kernel, GUEST_KERNEL);
	assert_ptr_equal(fake.entered_tree, fake_guest.updated);
	assert_int_equal(dt_check(fake.entered_tree, TREE_SPACE), 0);
	rtas = u32("/rtas", "linux,rtas-base");
	assert_int_equal(u32("/rtas", "linux,rtas-entry"), rtas);
	assert_int_equal(u32("/rtas", "slof,rtas-size"), 20);
	assert_memory_equal((void *)(uintptr_t)rtas, rtas_blob, 20);
	assert_int_equal(dt_reservations(fake.entered_tree, &reserved), 0);
	assert_int_equal(reserved.count, 1);
	assert_int_equal(reserved.item[0].start, rtas);
	assert_true(range_size(reserved.item[0]) >= 2048);
	/* /chosen: the new one with what only the old one had, without QEMU's words to firmware */
	assert_string_equal(prop("/chosen", "bootargs", NULL), "console=hvc0 pefboot.log=info");
	assert_int_equal(u32("/chosen", "linux,initrd-start"), GUEST_INITRD);
	assert_non_null(prop("/chosen", "rng-seed", NULL));
	assert_non_null(prop("/chosen", "ibm,architecture-vec-5", NULL));
	assert_null(prop("/chosen", "qemu,boot-kernel", NULL));
	/* bridges */
	assert_memory_equal(prop("/pci@800000020000000/pci@1", "bus-range", &size), "\0\0\0\1\0\0\0\2", 8);
	assert_memory_equal(prop("/pci@800000020000000/pci@1/pci@3", "bus-range", &size), "\0\0\0\2\0\0\0\2", 8);
	assert_string_equal(prop("/pci@800000020000000/pci@1/pci@3", "device_type", NULL), "pci");
	window_is("/pci@800000020000000/pci@1", 0x2000, 0x2000);
	window_is("/pci@800000020000000/pci@1/pci@3", 0x3000, 0x1000);
}

/* Only 14 buses have a window: the host bridge has 64 KiB, and two pages of these are its own bus's. */
static void test_io_windows(void **state)
{
	int size = -1;

	(void)state;
	fake_guest.buses[0] = 0x000e0100;
	assert_int_equal(guest_boot(), 0);
	window_is("/pci@800000020000000/pci@1", 0x2000, 0xe000);
	start(state);
	fake_guest.buses[0] = 0x000f0100;
	assert_int_equal(guest_boot(), 0);
	assert_non_null(prop("/pci@800000020000000/pci@1", "ranges", &size));
	assert_int_equal(size, 0);
	assert_memory_equal(prop("/pci@800000020000000/pci@1", "bus-range", &size), "\0\0\0\1\0\0\0\17", 8);
	window_is("/pci@800000020000000/pci@1/pci@3", 0x3000, 0x1000);
}

/* As a call whose path tools/stack does not know would. */
static void reach_too_deep(void)
{
	extern uint64_t __stack_bottom[];

	__stack_bottom[1] = 0;
}

/* The next step says so, with the line that looked. */
static void test_stack_guard(void **state)
{
	(void)state;
	fake.on_time = reach_too_deep;
	assert_int_equal(guest_boot(), 104);
	assert_non_null(strstr(guest_console(), "E104 internal check failed: boot/main.c:"));
	assert_non_null(strstr(guest_console(), "stack_is_whole("));
}

/* The seven lines, in order. */
static void test_log(void **state)
{
	static const char *const want[] = {
		"pefboot: 1/7 entry door=bios image=0x", " tree=0x1ff00000 ",
		"pefboot: 2/7 discover memory=512M cpus=2 phbs=2 pci=4 mmu=radix irq=xive",
		"pefboot: 3/7 load from=memory kernel=0x400000+0x2000000 endian=little initrd=0x2400000+0x100000",
		"pefboot: notice: no ultravisor", "pefboot: 4/7 transition mode=normal secure=auto",
		"pefboot: 5/7 verify world=normal", "pefboot: 6/7 patch pool=none flag=no",
		"pefboot: 7/7 handoff world=normal kernel=0x400000 tree=0x",
	};
	const char *at;

	(void)state;
	assert_int_equal(guest_boot(), 0);
	at = guest_console();
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		const char *found = strstr(at, want[i]);

		if (!found)
			print_error("no \"%s\" in\n%s", want[i], at);
		assert_non_null(found);
		at = found;
	}
}

/* That nothing is protected alarms only those who spoke of it. */
static void test_alarm_hints(void **state)
{
	const char *const words[] = { "quiet", "pefboot.secure=auto", "pefboot.secure=off" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		guest_make();
		guest_say(words[i]);
		assert_int_equal(guest_boot(), 0);
		assert_int_equal(!!strstr(guest_console(), "notice: no ultravisor, this guest stays a normal VM"), i < 2);
		assert_int_equal(!!strstr(guest_console(), "nothing is protected"), i == 1);
	}
}

static void console_is(const char *path, uint64_t termno)
{
	guest_make();
	console_select(0);
	fdt_setprop_string(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/chosen"), "stdout-path", path);
	assert_int_equal(guest_boot(), 0);
	assert_int_equal(fake.termno, termno);
}

/* The terminal of stdout-path, where it names one. */
static void test_console(void **state)
{
	(void)state;
	console_is("/vdevice/vty@71000000", 0x71000000);
	console_is("/vdevice/vty@7100abcf", 0x7100abcf);
	console_is("/vdevice/vty@71000001:9600", 0x71000001);
	console_is("/vdevice/vty@", 0);
	console_is("/vdevice/vty@7100000?", 0);
	console_is("/vdevice/vty@7:", 7);
	console_is("/vdevice/vty@171000000", 0);
	console_is("/vdevice/l-lan@71000000", 0);
}

/* What CAS is asked: POWER8 to POWER11; radix and XIVE where offered, and not where it is unwanted. */
static void asked(const char *words, uint8_t mmu, uint8_t xive, uint8_t gtse)
{
	const uint8_t *v5 = fake_guest.vectors + 5 * 8 + 1 + 4 + 3 * 2;

	guest_make();
	guest_say(words);
	assert_int_equal(guest_boot(), 0);
	assert_int_equal(be32_load(fake_guest.vectors + 4), 0x0f000004);
	assert_int_equal(be32_load(fake_guest.vectors + 28), 0x0f000007);
	assert_int_equal(fake_guest.vectors[40], 4);
	assert_int_equal(v5[0], 25);
	/* LoPAR B.6.2.3: LPAR, SPLPAR, dynamic memory, large pages, donated cycles, MSI; forms 1 and 2 of associativity */
	assert_int_equal(v5[2], 0xf3);
	assert_int_equal(v5[5], 0xa0);
	assert_int_equal(v5[6], 0x05);
	assert_int_equal(v5[22], 0x80);
	assert_int_equal(v5[24], mmu);
	assert_int_equal(v5[23], xive);
	assert_int_equal(v5[26], gtse);
}

static void test_cas(void **state)
{
	(void)state;
	asked("", 0x40, 0x40, 0x40);
	asked("pefboot.cas=radix,xive", 0x40, 0x40, 0x40);
	asked("pefboot.cas=hash", 0, 0x40, 0);
	asked("pefboot.cas=xics", 0x40, 0, 0x40);
	asked("pefboot.cas=hash,xics", 0, 0, 0);
}

/* Linux's own parameters shape it as prom_init would; pefboot.cas= wins, and says so. */
static void test_cas_duties(void **state)
{
	(void)state;
	asked("disable_radix", 0, 0x40, 0);
	asked("disable_radix=no", 0x40, 0x40, 0x40);
	asked("xive=off", 0x40, 0, 0x40);
	asked("disable_radix xive=off", 0, 0, 0);
	asked("radix_hcall_invalidate=on", 0x40, 0x40, 0);
	assert_null(strstr(guest_console(), "has no effect"));
	asked("disable_radix xive=off pefboot.cas=radix,xive", 0x40, 0x40, 0x40);
	assert_non_null(strstr(guest_console(), "notice: disable_radix has no effect: pefboot.cas= wins"));
	assert_non_null(strstr(guest_console(), "notice: xive=off has no effect: pefboot.cas= wins"));
	asked("pefboot.cas=hash,xics", 0, 0, 0);
}

/* What lies beyond mem= is not there for Linux: we and RTAS come to lie below, or a number says so. */
static void test_limit_duties(void **state)
{
	static const struct {
		const char *words;
		int want;
	} cases[] = {
		{ "mem=256M", 0 }, { "mem=1G", 0 }, { "mem=48M", 0 }, { "mem=32M", E_MEM_LIMIT }, { "mem=16M", E_MEM_LIMIT },
		{ "mem=1K", E_MEM_LIMIT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(state);
		guest_say(cases[i].words);
		print_message("%s\n", cases[i].words);
		assert_int_equal(guest_boot(), cases[i].want);
		if (i == 0)
			assert_in_range(u32("/rtas", "linux,rtas-base"), 0, (256 << 20) - 0x10000);
	}
}

/* As under SLOF Linux gets no more than it has room for; here that is said. */
static void test_command_line_duties(void **state)
{
	char line[2049] = "console=hvc0 ";

	(void)state;
	memset(line + strlen(line), 'x', 2048 - strlen(line));
	guest_say(line);
	assert_int_equal(guest_boot(), 0);
	assert_non_null(strstr(guest_console(),
			       "notice: Linux reads 2047 bytes of the command line, which has 2048"));
	guest_make();
	line[2047] = '\0';
	guest_say(line);
	assert_int_equal(guest_boot(), 0);
	assert_null(strstr(guest_console(), "of the command line"));
}

static void test_iommu_duties(void **state)
{
	(void)state;
	assert_int_equal(guest_boot(), 0);
	assert_null(prop("/chosen", "linux,iommu-off", NULL));
	guest_make();
	guest_say("iommu=off svm=on");
	assert_int_equal(guest_boot(), 0);
	assert_non_null(prop("/chosen", "linux,iommu-off", NULL));
	assert_non_null(strstr(guest_console(), "notice: svm= has no effect"));
}

/* What is offered, as pairs of vector 5 byte and value; 0 wanted: it boots. */
static void offer(const char *words, const char *pairs, int want, uint8_t mmu, uint8_t xive)
{
	const uint8_t *v5 = fake_guest.vectors + 5 * 8 + 1 + 4 + 3 * 2;
	int chosen;

	guest_make();
	chosen = fdt_path_offset(fake_guest.tree, "/chosen");
	fdt_setprop_string(fake_guest.tree, chosen, "bootargs", words);
	fdt_setprop(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/chosen"), "ibm,arch-vec-5-platform-support",
		    pairs, (int)strlen(pairs));
	assert_int_equal(guest_boot(), want);
	if (want == 0) {
		assert_int_equal(v5[24], mmu);
		assert_int_equal(v5[23], xive);
	}
}

static void test_cas_offers(void **state)
{
	(void)state;
	offer("", "", 0, 0, 0);					/* POWER8: nothing is said */
	offer("", "\x18\x40\x17\x40", 0, 0x40, 0x40);		/* radix and XIVE only */
	offer("", "\x18\x40", 0, 0x40, 0);
	offer("", "\x18\xc0\x17\x80", 0, 0x40, 0x40);		/* both */
	offer("", "\x18", 0, 0, 0);				/* half a pair */
	offer("disable_radix xive=off", "\x18\x40\x17\x40", 0, 0x40, 0x40);	/* gives way, as in prom_init */
	assert_non_null(strstr(guest_console(), "notice: disable_radix has no effect: "));
	offer("disable_radix xive=off", "\x18\xc0\x17\x80", 0, 0, 0);
	offer("pefboot.cas=hash", "\x18\x40", E_CAS_REFUSED, 0, 0);
	offer("pefboot.cas=xics", "\x17\x40", E_CAS_REFUSED, 0, 0);
}

static void test_cas_off(void **state)
{
	(void)state;
	fake_guest.cas_code = H_HARDWARE;	/* is not asked */
	guest_say("pefboot.cas=off");
	assert_int_equal(guest_boot(), 0);
	assert_null(prop("/chosen", "ibm,architecture-vec-5", NULL));
	assert_non_null(strstr(guest_console(), "mmu=hash irq=xics"));
}

static void test_big_endian(void **state)
{
	(void)state;
	be32_store((void *)GUEST_KERNEL, 0x08000048);
	be32_store((void *)(GUEST_KERNEL + 0x5c), 0x72756e30);
	assert_int_equal(guest_boot(), 0);
	assert_non_null(strstr(guest_console(), "endian=big"));
}

/* One mistake, and the number it ends with. */
#define SET(tree, node, name, ...) guest_set(tree, node, name, (const uint32_t[]){ __VA_ARGS__ }, \
					     sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)
#define MISTAKES(X)                                                                            \
	X(no_tree, E_NO_TREE, fake_guest.tree = NULL)                                               \
	X(odd_tree, E_NO_TREE, fake_guest.tree = (uint8_t *)fake_guest.tree + 4)                         \
	X(magic, E_TREE_CORRUPT, fdt_set_magic(fake_guest.tree, 0xd00dfeee))                        \
	X(version_16, E_TREE_CORRUPT, fdt_set_version(fake_guest.tree, 16))                         \
	X(total_size_3M, E_TREE_CORRUPT, fdt_set_totalsize(fake_guest.tree, 0x300000))              \
	X(total_size_2G, E_TREE_CORRUPT, fdt_set_totalsize(fake_guest.tree, 0x7fffffff))            \
	X(total_size_0, E_TREE_CORRUPT, fdt_set_totalsize(fake_guest.tree, 0))                      \
	X(structure_outside, E_TREE_CORRUPT, fdt_set_off_dt_struct(fake_guest.tree, 0x7ffffff0))    \
	X(structure_cut, E_TREE_CORRUPT, fdt_set_size_dt_struct(fake_guest.tree, 100))              \
	X(structure_over_strings, E_TREE_CORRUPT,                                              \
	  fdt_set_off_dt_struct(fake_guest.tree, fdt_off_dt_strings(fake_guest.tree) & ~3U))             \
	X(strings_cut, E_TREE_CORRUPT, fdt_set_size_dt_strings(fake_guest.tree, 9))                 \
	X(reservations_without_end, E_TREE_CORRUPT,                                            \
	  fdt_set_off_mem_rsvmap(fake_guest.tree, fdt_totalsize(fake_guest.tree) - 8))                   \
	X(reservation_wraps, E_TREE_CORRUPT, fdt_add_mem_rsv(fake_guest.tree, ~0UL, 2))             \
	X(cells, E_TREE_CELLS, SET(fake_guest.tree, "/", "#address-cells", 0x40000000))             \
	X(cells_cas, E_TREE_CELLS, SET(fake_guest.cas, "/", "#size-cells", 3))                      \
	X(no_memory, E_NO_MEMORY, fdt_nop_node(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/memory@0"))) \
	X(no_memory_cas, E_NO_MEMORY, fdt_nop_node(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/memory@0"))) \
	X(memory_wraps, E_NO_MEMORY, SET(fake_guest.tree, "/memory@0", "reg", ~0U, 0, 1, 0))        \
	X(memory_not_at_0, E_NO_MEMORY, SET(fake_guest.tree, "/memory@0", "reg", 0, 0x100000, 0, 0x1000000)) \
	X(no_cpus, E_NO_CPUS, fdt_nop_node(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/cpus")))    \
	X(no_cpu, E_NO_CPUS, {                                                                 \
		fdt_nop_node(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/cpus/PowerPC,POWER9@0")); \
		fdt_nop_node(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/cpus/PowerPC,POWER9@8")); \
	})                                                                                     \
	X(timebase, E_NO_CPUS, fdt_setprop_u64(fake_guest.cas,                                      \
	  fdt_path_offset(fake_guest.cas, "/cpus/PowerPC,POWER9@0"), "timebase-frequency", 1))     \
	X(no_rtas, E_NO_RTAS, fdt_nop_node(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/rtas")))    \
	X(no_rtas_size, E_NO_RTAS, fdt_delprop(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/rtas"), "rtas-size")) \
	X(no_power_off, E_NO_RTAS, fdt_delprop(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/rtas"), "power-off")) \
	X(rtas_token_of_8, E_NO_RTAS, SET(fake_guest.cas, "/rtas", "ibm,read-pci-config", 0, 1))    \
	X(rtas_size, E_NO_RTAS, SET(fake_guest.cas, "/rtas", "rtas-size", 0x20000))                 \
	X(phb_reg, E_PCI, SET(fake_guest.cas, "/pci@800000020000001", "reg", 1))                    \
	X(bridge_says_no, E_PCI, fake_guest.rtas_status = RTAS_HARDWARE_ERROR)                      \
	X(bridge_buses_0, E_PCI, fake_guest.buses[0] = 0)                                           \
	X(bridge_buses_loop, E_PCI, fake_guest.buses[1] = 0x00010101)                               \
	X(bridge_buses_down, E_PCI, fake_guest.buses[0] = 0x00000100)                               \
	X(cas_refused, E_CAS_REFUSED, fake_guest.cas_code = H_PARAMETER)                            \
	X(cas_hardware, E_CAS_REFUSED, fake_guest.cas_code = H_HARDWARE)                            \
	X(cas_silent, E_CAS_TREE, fake_guest.cas = NULL)                                            \
	X(cas_magic, E_CAS_TREE, fdt_set_magic(fake_guest.cas, 0))                                  \
	X(cas_cut, E_CAS_TREE, fdt_set_size_dt_struct(fake_guest.cas, 64))                          \
	X(cas_huge, E_CAS_TREE, fdt_set_totalsize(fake_guest.cas, 0x200000))                        \
	X(cas_no_chosen, E_CAS_TREE, fdt_nop_node(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/chosen"))) \
	X(no_chosen, E_NO_CHOSEN, fdt_nop_node(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/chosen"))) \
	X(word, E_OPTION, fdt_setprop_string(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/chosen"), \
	  "bootargs", "quiet pefboot.secure=maybe"))                                           \
	X(kernel_of_0, E_KERNEL_RANGE, SET(fake_guest.tree, "/chosen", "qemu,boot-kernel", 0, 0x400000, 0, 0)) \
	X(kernel_of_8, E_NO_KERNEL, SET(fake_guest.tree, "/chosen", "qemu,boot-kernel", 0, 0x400000)) \
	X(kernel_wraps, E_KERNEL_RANGE, SET(fake_guest.tree, "/chosen", "qemu,boot-kernel", ~0U, 0, 1, 0)) \
	X(kernel_outside, E_KERNEL_RANGE, SET(fake_guest.tree, "/chosen", "qemu,boot-kernel", 0, 0x30000000, 0, 0x1000)) \
	X(kernel_over_us, E_NO_ROOM, SET(fake_guest.tree, "/chosen", "qemu,boot-kernel", 0, 0x400000, 0, 0x1fb00000)) \
	X(zeros, E_NOT_LINUX, memset((void *)GUEST_KERNEL, 0, 256))                            \
	X(elf, E_NOT_LINUX, memcpy((void *)GUEST_KERNEL, "\177ELF\2\2\1", 8))                  \
	X(half_linux, E_NOT_LINUX, be32_store((void *)(GUEST_KERNEL + 0x5c), 0))               \
	X(mixed_endian, E_NOT_LINUX, be32_store((void *)GUEST_KERNEL, 0x08000048))             \
	X(zimage, E_ZIMAGE, {                                                                  \
		SET(fake_guest.tree, "/chosen", "qemu,boot-kernel", 0, 0x400000, 0, 0x6000000);     \
		guest_set(fake_guest.tree, "/chosen", "linux,initrd-start", (const uint32_t[]){ 0x10000000 }, 1); \
		guest_set(fake_guest.tree, "/chosen", "linux,initrd-end", (const uint32_t[]){ 0x10001000 }, 1); \
		memset((void *)GUEST_KERNEL, 0, 256);                                          \
		be32_store((void *)(GUEST_KERNEL + 0x4000000), 0x48000024);                    \
		be32_store((void *)(GUEST_KERNEL + 0x4000008), 0x4000000);                     \
	})                                                                                     \
	X(initrd_end_missing, E_INITRD_RANGE, fdt_nop_property(fake_guest.tree,                     \
	  fdt_path_offset(fake_guest.tree, "/chosen"), "linux,initrd-end"))                         \
	X(initrd_backwards, E_INITRD_RANGE, SET(fake_guest.tree, "/chosen", "linux,initrd-end", 0x2300000)) \
	X(initrd_outside, E_INITRD_RANGE, {                                                     \
		SET(fake_guest.tree, "/chosen", "linux,initrd-start", 0x30000000);                  \
		SET(fake_guest.tree, "/chosen", "linux,initrd-end", 0x30001000);                    \
	}) \
	X(initrd_of_3, E_INITRD_RANGE, fdt_setprop(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/chosen"), \
	  "linux,initrd-start", "abc", 3))                                                     \
	X(initrd_over_kernel, E_INITRD_OVERLAP, SET(fake_guest.tree, "/chosen", "linux,initrd-start", 0x2300000)) \
	X(initrd_where_kernel_goes, E_INITRD_OVERLAP, {                                        \
		SET(fake_guest.tree, "/chosen", "linux,initrd-start", 0x100000);                    \
		SET(fake_guest.tree, "/chosen", "linux,initrd-end", 0x200000);                      \
	})                                                                                     \
	X(no_ultravisor, E_NO_ULTRAVISOR, fdt_setprop_string(fake_guest.tree,                       \
	  fdt_path_offset(fake_guest.tree, "/chosen"), "bootargs", "pefboot.secure=required"))      \
	X(update, E_UPDATE_DT, fake_guest.update_code = H_PARAMETER)                                \
	X(no_mark, E_NO_MARK, fake_guest.ask_code = U_P2)

#define X(name, number, mistake)                                                               \
	static void test_##name(void **state)                                                  \
	{                                                                                      \
		int rc;                                                                        \
		                                                                               \
		(void)state;                                                                   \
		mistake;                                                                       \
		rc = guest_boot();                                                             \
		if (rc != number)                                                              \
			print_error("%s", guest_console());                                    \
		assert_int_equal(rc, number);                                                  \
		assert_non_null(strstr(guest_console(), "pefboot: hint: "));                   \
	}
MISTAKES(X)
#undef X

/* What the host may do between our checks: the tree is another one at H_UPDATE_DT. */
static void (*meddle)(void *tree);
static int64_t (*honest)(uint64_t number, const uint64_t in[9], uint64_t out[9]);

static int64_t meddling(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	if (number == KVMPPC_H_UPDATE_DT)
		meddle((void *)in[0]);
	return honest(number, in, out);
}

static void change_magic(void *tree) { fdt_set_magic(tree, 0); }
static void change_kernel(void *tree) { SET(tree, "/chosen", DT_KERNEL, 0, 0x30000000, 0, 0x2000000); }
static void change_kernel_wraps(void *tree) { SET(tree, "/chosen", DT_KERNEL, ~0U, ~0U, 0, 0x2000000); }
static void change_initrd(void *tree) { SET(tree, "/chosen", "linux,initrd-start", 0x2300000); }
static void change_initrd_end(void *tree) { SET(tree, "/chosen", "linux,initrd-end", 0x1000); }
static void change_rtas(void *tree)
{
	SET(tree, "/rtas", "linux,rtas-base", 0x1000000);
	SET(tree, "/rtas", "linux,rtas-entry", 0x1000000);
}
static void change_rtas_entry(void *tree) { SET(tree, "/rtas", "linux,rtas-entry", 0x5000); }
static void change_rtas_size(void *tree) { SET(tree, "/rtas", "rtas-size", 0xfffffff0); }
static void change_rtas_code(void *tree)
{
	uint32_t rtas = 0;

	dt_u32(tree, fdt_path_offset(tree, "/rtas"), "linux,rtas-base", &rtas);
	*(uint32_t *)(uintptr_t)rtas ^= 1;
}
static void change_memory(void *tree) { SET(tree, "/memory@0", "reg", 0, 0, 0, 0x10000000); }
static void change_window(void *tree)
{
	SET(tree, "/pci@800000020000000", "ranges", 0x2000000, 0, 0, 0, 0x8000000, 0, 0x100000);
}
static void change_window_wraps(void *tree)
{
	SET(tree, "/pci@800000020000000", "ranges", 0x2000000, 0, 0, 0xffffffff, 0, 0xffffffff, 0);
}
static void change_window_size(void *tree) { SET(tree, "/pci@800000020000000", "ranges", 1, 2, 3); }

static void test_meddling(void **state)
{
	static const struct {
		void (*how)(void *tree);
		int want;
	} cases[] = {
		{ change_magic, E_VERIFY_TREE },	{ change_kernel, E_VERIFY_RANGE },
		{ change_kernel_wraps, E_VERIFY_TREE }, { change_initrd, E_VERIFY_RANGE },
		{ change_initrd_end, E_VERIFY_TREE },	{ change_rtas, E_VERIFY_RANGE },
		{ change_rtas_entry, E_VERIFY_TREE },	{ change_rtas_size, E_VERIFY_RANGE },
		{ change_rtas_code, E_VERIFY_RTAS },	{ change_memory, E_VERIFY_RANGE },
		{ change_window, E_VERIFY_RANGE },	{ change_window_wraps, E_VERIFY_RANGE },
		{ change_window_size, E_VERIFY_TREE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		guest_make();
		honest = fake.hcall;
		fake.hcall = meddling;
		meddle = cases[i].how;
		print_message("case %zu\n", i);
		assert_int_equal(guest_boot(), cases[i].want);
	}
}

/* More than there is room for: memory ranges, reservations. */
static void test_too_many(void **state)
{
	char name[32];

	(void)state;
	for (uint32_t i = 0; i < RANGES_MAX; i++) {
		snprintf(name, sizeof(name), "memory@%x", 0x40000000 + 0x200000 * i);
		fdt_add_subnode(fake_guest.tree, 0, name);
		snprintf(name, sizeof(name), "/memory@%x", 0x40000000 + 0x200000 * i);
		SET(fake_guest.tree, name, "reg", 0, 0x40000000 + 0x200000 * i, 0, 0x1000);
	}
	assert_int_equal(guest_boot(), E_TOO_MANY);
}

static void test_too_many_reservations(void **state)
{
	(void)state;
	/* Just as many as fit, but then not what must be kept clear as well. */
	while (fdt_num_mem_rsv(fake_guest.tree) < RANGES_MAX)
		assert_int_equal(fdt_add_mem_rsv(fake_guest.tree, 0x1000, 0x1000), 0);
	assert_int_equal(guest_boot(), E_TOO_MANY);
}

/* A tree that is as large as can be leaves no room to edit. */
static void test_no_room_to_edit(void **state)
{
	static uint8_t ballast[0x3000];
	int chosen = fdt_path_offset(fake_guest.tree, "/chosen"), count;
	char name[24];

	(void)state;
	fdt_setprop_string(fake_guest.tree, chosen, "bootargs", "pefboot.cas=off");
	fdt_open_into(fake_guest.tree, (void *)0x1c000000, 0x200000);
	fake_guest.tree = (void *)0x1c000000;
	for (count = 0;; count++) {
		snprintf(name, sizeof(name), "x%d", count);
		if (fdt_setprop(fake_guest.tree, 0, name, ballast, sizeof(ballast)))
			break;
	}
	while (fdt_setprop(fake_guest.tree, 0, "y", ballast, fdt_totalsize(fake_guest.tree) % 0x10000))
		break;
	for (int size = sizeof(ballast); size >= 0; size -= 4)
		if (fdt_setprop(fake_guest.tree, 0, "z", ballast, size) == 0)
			break;
	assert_int_equal(guest_boot(), E_TREE_EDIT);
}

/* Any tree: it boots, or it stops with a number. ASan and UBSan watch. */
static void test_mutated(void **state)
{
	uint64_t seed = 9;
	int booted = 0, stopped = 0;

	(void)state;
	for (int turn = 0; turn < turns(2000); turn++) {
		uint32_t size;
		uint8_t *tree;
		int rc;

		guest_make();
		tree = draw(&seed) % 2 ? fake_guest.tree : fake_guest.cas;
		fdt_pack(tree);
		size = fdt_totalsize(fake_guest.cas);	/* before the first flip */
		for (uint64_t n = 1 + draw(&seed) % 3; n; n--)
			tree[draw(&seed) % size] ^= (uint8_t)(1 << draw(&seed) % 8);
		rc = guest_boot();
		if (rc < 0)
			print_error("%s", guest_console());
		assert_true(rc == 0 || (rc > 100 && rc < 700));
		*(rc ? &stopped : &booted) += 1;
	}
	assert_true(booted > turns(50));
	assert_true(stopped > turns(50));
}

#define T(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_good), T(test_io_windows), T(test_stack_guard), T(test_log), T(test_alarm_hints), T(test_console), T(test_cas), T(test_cas_duties), T(test_limit_duties), T(test_command_line_duties), T(test_iommu_duties), T(test_cas_offers), T(test_cas_off), T(test_big_endian),
#define X(name, number, mistake) T(test_##name),
		MISTAKES(X)
#undef X
		T(test_meddling), T(test_too_many), T(test_too_many_reservations), T(test_no_room_to_edit),
		T(test_mutated),
	};

	return RUN(tests);
}
