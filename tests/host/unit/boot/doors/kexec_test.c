// SPDX-License-Identifier: GPL-2.0-or-later
/* The kexec door on the host: what is taken over from the kernel before, what is not, and what stops the boot. */
#include <bearssl_hash.h>
#include <libfdt.h>

#include "abi/bundle.h"
#include "abi/papr.h"
#include "abi/power.h"
#include "abi/steps.h"
#include "boot/doors/door.h"
#include "boot/main.h"
#include "boot/normal/tree.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "tests/host/fake/guest.h"
#include "tests/host/unit/test.h"

#define FOOTPRINT    0x30000UL
#define QUERY_TOKEN  0x2099
#define RESET_TOKEN  0x209a
#define FILE_KERNEL  0x10000UL	/* of the kernel's segment in its ELF file */
#define KERNEL_SIZE  0x4000UL
#define INITRD_SIZE  0x5001UL
#define PHB	     "/pci@800000020000000"

static struct {
	uint64_t image;			/* where kexec has put it */
	uint32_t never;			/* a CPU that does not stop */
	int forgotten, modes, xive, cppr, windows, cas;	/* calls counted */
	int64_t (*hcall)(uint64_t number, const uint64_t in[9], uint64_t out[9]);
	int (*rtas)(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets);
} before;

static int64_t count_hcall(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	before.forgotten += number == H_REGISTER_VPA;
	before.modes += number == H_SET_MODE;
	before.xive += number == H_INT_RESET;
	before.cppr += number == H_CPPR;
	before.cas += number == KVMPPC_H_CAS;
	return before.hcall(number, in, out);
}

static int count_rtas(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	if (token == QUERY_TOKEN && nargs == 1 && nrets == 2) {
		*rets = args[0] == before.never ? 2 : 0;
		return fake.loop_args ? 0 : -1;	/* before they are sent there, none has stopped */
	}
	if (token == RESET_TOKEN && nargs == 3 && nrets == 1) {
		before.windows++;
		return 0;
	}
	return before.rtas(token, args, nargs, rets, nrets);
}

static int at(const char *path)
{
	int node = fdt_path_offset(fake_guest.tree, path);

	assert_true(node >= 0);
	return node;
}

static void cell(const char *path, const char *name, uint32_t value)
{
	assert_int_equal(fdt_setprop_u32(fake_guest.tree, at(path), name, value), 0);
}

static void no_initrd(void)
{
	fdt_delprop(fake_guest.tree, at("/chosen"), "linux,initrd-start");
	fdt_delprop(fake_guest.tree, at("/chosen"), "linux,initrd-end");
}

/* The tree of a Linux that SLOF and an earlier pefboot have started, which drove everything. */
static void age_tree(void)
{
	static const uint8_t vec5[27] = { [23] = 0x40, [24] = 0x40 };
	void *tree = fake_guest.tree;
	int node;

	cell("/cpus/PowerPC,POWER9@0", "ibm,ppc-interrupt-server#s", 0);
	cell("/cpus/PowerPC,POWER9@8", "ibm,ppc-interrupt-server#s", 8);
	cell("/rtas", "query-cpu-stopped-state", QUERY_TOKEN);
	cell("/rtas", "linux,rtas-base", 0x1f000000);
	fdt_add_mem_rsv(tree, 0x1f000000, 0x10000);
	fdt_setprop(tree, at("/chosen"), "ibm,architecture-vec-5", vec5, sizeof(vec5));
	node = fdt_add_subnode(tree, 0, "reserved-memory");
	fdt_add_subnode(tree, node, "restricted-dma@1c000000");
	fdt_add_subnode(tree, at("/reserved-memory"), "restricted-dma@10000000");
	fdt_setprop_empty(tree, 0, "virtio,access-platform");
	fdt_setprop_u64(tree, 0, "reserved-ranges", 0);
	fdt_setprop_string(tree, fdt_add_subnode(tree, at("/chosen"), "pefboot"), "world", "normal");
	cell(PHB, "memory-region", 1);
	cell(PHB, "linux,direct64-ddr-window-info", 1);
	cell(PHB, "linux,dma64-ddr-window-info", 1);
	fdt_setprop(tree, at(PHB), "ibm,ddw-extensions", (uint8_t[]){ 0, 0, 0, 1, 0, 0, 0x20, 0x9a }, 8);
}

static int start(void **state)
{
	(void)state;
	guest_make();
	log_init("pefboot", 512000000);
	log_set_level(LOG_NOTICE);
	memset(&before, 0, sizeof(before));
	before.image = 0xa00000;
	before.never = ~0U;
	before.hcall = fake.hcall;
	before.rtas = fake.rtas;
	fake.hcall = count_hcall;
	fake.rtas = count_rtas;
	age_tree();
	memset((void *)before.image, 0, FOOTPRINT);
	return 0;
}

/* A kernel as an ELF file which lies there as it runs. */
static uint64_t put_kernel(uint8_t *file)
{
	memset(file, 0, FILE_KERNEL + KERNEL_SIZE);
	guest_put_elf(file, FILE_KERNEL, KERNEL_SIZE, 2 * KERNEL_SIZE);
	guest_put_kernel(file + FILE_KERNEL);
	return FILE_KERNEL + KERNEL_SIZE;
}

static uint64_t put_part(struct bundle_part *part, uint64_t offset, uint64_t size)
{
	br_sha512_context context;

	if (size == 0)
		return offset;
	be64_store(&part->offset, offset);
	be64_store(&part->size, size);
	br_sha512_init(&context);
	br_sha512_update(&context, (const void *)(before.image + offset), size);
	br_sha512_out(&context, part->digest);
	return (offset + size + BUNDLE_ALIGN - 1) & ~(BUNDLE_ALIGN - 1);
}

static struct bundle_manifest *manifest(void)
{
	return (void *)(before.image + BUNDLE_MANIFEST_AT);
}

/* Make the image one of a bundle: kernel, an initrd of @initrd bytes, a command line. */
static void bundle_up(uint64_t initrd, const char *cmdline)
{
	uint64_t size = put_kernel((uint8_t *)before.image + FOOTPRINT), next;

	memset((void *)(before.image + FOOTPRINT + FILE_KERNEL + KERNEL_SIZE), 0, 0x20000);
	memset(manifest(), 0, sizeof(*manifest()));
	memcpy(manifest()->magic, BUNDLE_MAGIC, 8);
	be32_store(&manifest()->version, BUNDLE_VERSION);
	be32_store(&manifest()->size, sizeof(*manifest()));
	be64_store(&manifest()->image_size, 0x10000);
	be64_store(&manifest()->image_memory, FOOTPRINT);
	put_part(&manifest()->part[BUNDLE_KERNEL], FOOTPRINT, size);
	next = put_part(&manifest()->part[BUNDLE_INITRD], FOOTPRINT + 0x20000, initrd);
	memcpy((void *)(before.image + next), cmdline, strlen(cmdline));
	next = put_part(&manifest()->part[BUNDLE_CMDLINE], next, strlen(cmdline));
	be64_store(&manifest()->total_size, next);
}

static void stops(int want)
{
	int rc = fake_stops(boot_start(DOOR_KEXEC, before.image, (uintptr_t)fake_guest.tree, before.image, 0)) ? guest_exit() : 0;

	if (rc != want)
		print_error("%s", guest_console());
	assert_int_equal(rc, want);
}

static const void *prop(const char *node, const char *name, int *size)
{
	return fdt_getprop(fake.entered_tree, fdt_path_offset(fake.entered_tree, node), name, size);
}

static bool says(const char *words)
{
	return strstr(guest_console(), words);
}

#define OFF "pefboot.secure=off"

static void test_bundle(void **state)
{
	uint64_t value;

	(void)state;
	no_initrd();
	bundle_up(INITRD_SIZE, "quiet " OFF);
	stops(0);
	assert_int_equal(fake.entered_kernel, before.image + FOOTPRINT + FILE_KERNEL);
	assert_string_equal(prop("/chosen", "bootargs", NULL), "quiet " OFF);
	assert_int_equal(dt_u32_or_u64(fake.entered_tree, fdt_path_offset(fake.entered_tree, "/chosen"),
				       "linux,initrd-start", &value), 0);
	assert_int_equal(value, before.image + FOOTPRINT + 0x20000);
	assert_true(says("1/7 entry door=kexec") && says("3/7 load from=memory") && says("mmu=radix irq=xive"));
	assert_true(says("others=1 stopped=1"));
}

/* Its own command line may leave it to the machine; whoever boots it may not. */
static void test_bundle_auto(void **state)
{
	(void)state;
	no_initrd();
	bundle_up(INITRD_SIZE, "pefboot.secure=auto");
	stops(0);
	assert_true(says("notice: no ultravisor, this guest stays a normal VM: nothing is protected"));
	assert_true(says("4/7 transition mode=normal secure=auto"));
	start(NULL);
	no_initrd();
	bundle_up(INITRD_SIZE, "quiet");
	fdt_setprop_string(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/chosen"), "bootargs", "pefboot.secure=auto");
	stops(E_NO_ULTRAVISOR);
}

/* What the kernel before left: CPUs, their areas, modes, interrupts, windows; CAS stands. */
static void test_left(void **state)
{
	(void)state;
	no_initrd();
	bundle_up(INITRD_SIZE, OFF);
	stops(0);
	assert_int_equal(before.cas, 0);
	assert_int_equal(before.forgotten, 2 * 3);
	assert_int_equal(before.modes, 2);
	assert_int_equal(before.xive, 1);
	assert_int_equal(before.cppr, 0);
	assert_int_equal(before.windows, 1);
	/* stop-self takes no argument and gives one result, which nobody reads */
	assert_memory_equal(fake.loop_args, "\0\0\x20\4\0\0\0\0\0\0\0\1", 12);
}

static void test_xics(void **state)
{
	(void)state;
	no_initrd();
	fdt_delprop(fake_guest.tree, at("/chosen"), "ibm,architecture-vec-5");
	bundle_up(INITRD_SIZE, OFF);
	stops(0);
	assert_int_equal(before.xive, 0);
	assert_int_equal(before.cppr, 1);
}

static void test_tree_left(void **state)
{
	static const char *const gone[][2] = {
		{ "/", "virtio,access-platform" }, { "/", "reserved-ranges" }, { PHB, "memory-region" },
		{ PHB, "linux,direct64-ddr-window-info" }, { PHB, "linux,dma64-ddr-window-info" },
		{ "/chosen/pefboot", "world" },
	};
	struct ranges reserved = { 0 };

	(void)state;
	no_initrd();
	bundle_up(INITRD_SIZE, OFF);
	stops(0);
	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		assert_null(prop(gone[i][0], gone[i][1], NULL));
	assert_true(fdt_path_offset(fake.entered_tree, "/reserved-memory") > 0);
	assert_int_equal(fdt_first_subnode(fake.entered_tree, fdt_path_offset(fake.entered_tree, "/reserved-memory")),
			 -FDT_ERR_NOTFOUND);
	/* RTAS has moved: its old place is free */
	assert_int_equal(dt_reservations(fake.entered_tree, &reserved), 0);
	assert_null(ranges_hit(&reserved, (struct range){ 0x1f000000, 0x1f010000 }));
}

/* A log lies where pefboot would have settled; the kernel before hands on its node, but no reservation. */
static void test_log_of_the_tpm(void **state)
{
	struct range log = { 0 }, home;
	struct ranges reserved = { 0 };
	char name[32];
	int node;

	(void)state;
	no_initrd();
	bundle_up(INITRD_SIZE, OFF);
	stops(0);
	home = (struct range){ (uintptr_t)fake.entered_tree & ~0xffffUL, ((uintptr_t)fake.entered_tree & ~0xffffUL) + 0x10000 };

	start(NULL);
	no_initrd();
	bundle_up(INITRD_SIZE, OFF);
	log = home;
	snprintf(name, sizeof(name), "tpm-log@%lx", log.start);
	node = fdt_add_subnode(fake_guest.tree, at("/reserved-memory"), name);
	fdt_setprop_u64(fake_guest.tree, node, "reg", log.start);
	fdt_appendprop_u64(fake_guest.tree, node, "reg", range_size(log));
	memset((void *)log.start, 0x5a, range_size(log));
	stops(0);
	for (uint64_t i = log.start; i < log.end; i += 8)
		assert_int_equal(*(uint64_t *)i, 0x5a5a5a5a5a5a5a5a);
	assert_int_equal(dt_reservations(fake.entered_tree, &reserved), 0);
	assert_true(ranges_contain(&reserved, log));

	start(NULL);
	bundle_up(INITRD_SIZE, OFF);
	node = fdt_add_subnode(fake_guest.tree, at("/reserved-memory"), "tpm-log@1");
	stops(E_TREE_CORRUPT);
}

static void test_initrd_beside(void **state)
{
	(void)state;
	bundle_up(INITRD_SIZE, OFF);
	stops(0);
	assert_true(says("is ignored: it has its own"));
	assert_int_equal(*(const uint8_t *)prop("/chosen", "linux,initrd-start", NULL), 0);

	start(NULL);
	bundle_up(0, OFF);
	stops(0);
	assert_true(says("initrd=0x2400000+0x100000"));

	start(NULL);
	bundle_up(0, "quiet");
	stops(E_INITRD_BESIDE);
}

/* Nor in the bundle: then another root is named, or it stops. */
static void test_no_initrd(void **state)
{
	static const struct {
		const char *cmdline;
		int want;
	} cases[] = {
		{ "root=/dev/vda " OFF, 0 }, { "quiet root=UUID=1 " OFF, 0 }, { OFF " rdinit=/init", 0 },
		{ OFF, E_NO_ROOT }, { "noroot= init=/bin/sh  " OFF " ", E_NO_ROOT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(NULL);
		no_initrd();
		bundle_up(0, cases[i].cmdline);
		print_message("case %zu\n", i);
		stops(cases[i].want);
	}
}

static void test_initrd_bad(void **state)
{
	static const struct {
		uint32_t start, end;
		int want;
	} cases[] = {
		{ 0x2400000, 0x20010000, E_INITRD_RANGE }, { 0x2400000, 0x2300000, E_INITRD_RANGE },
		{ 0xfffff000, 0xffffffff, E_INITRD_RANGE }, { 0x1000, 0x2000, E_INITRD_OVERLAP },
		{ 0xa40000, 0xa50000, E_INITRD_OVERLAP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(NULL);
		bundle_up(0, OFF);
		cell("/chosen", "linux,initrd-start", cases[i].start);
		cell("/chosen", "linux,initrd-end", cases[i].end);
		print_message("case %zu\n", i);
		stops(cases[i].want);
	}
}

/* kexec may put it where it will not do: not aligned, or above what an ultravisor can reach in real mode. */
static void test_moved(void **state)
{
	static const uint64_t images[] = { 0xa01000, 0x30010000 };

	(void)state;
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		start(NULL);
		before.image = images[i];
		memset((void *)before.image, 0, FOOTPRINT);
		no_initrd();
		guest_set(fake_guest.tree, "/memory@0", "reg", (uint32_t[]){ 0, 0, 0, 0x40000000 }, 4);
		bundle_up(INITRD_SIZE, OFF);
		stops(0);
		assert_true(says("bundle=0x") && says(" moved=0x"));
		assert_int_equal(fake.entered_kernel % BUNDLE_ALIGN, 0);
		assert_true(fake.entered_kernel < 0x30000000);
		memset((void *)before.image, 0, FOOTPRINT);
	}
}

/* SLOF's tree still names the kernel that QEMU loaded; that one is gone. */
static void test_pefboot_alone(void **state)
{
	(void)state;
	stops(E_NO_KERNEL);
}

static void test_bad_bundle(void **state)
{
	(void)state;
	no_initrd();
	bundle_up(INITRD_SIZE, OFF);
	be32_store(&manifest()->version, 99);
	stops(E_BUNDLE_VERSION);

	start(NULL);
	bundle_up(INITRD_SIZE, OFF);
	be64_store(&manifest()->total_size, 0x20000000);
	stops(E_BUNDLE);

	start(NULL);
	bundle_up(INITRD_SIZE, OFF);
	le32_store((uint8_t *)before.image + FOOTPRINT + FILE_KERNEL, 0);
	le32_store((uint8_t *)before.image + FOOTPRINT + FILE_KERNEL + 8, 0x4000000);
	stops(E_ZIMAGE);

	start(NULL);
	bundle_up(INITRD_SIZE, "pefboot.log=shout");
	stops(E_OPTION);

	start(NULL);
	bundle_up(INITRD_SIZE, "");
	stops(E_NO_ULTRAVISOR);

	start(NULL);
	bundle_up(INITRD_SIZE, "pefboot.secure=auto pefboot.secure=required");
	stops(E_NO_ULTRAVISOR);
}

static void test_bad_tree(void **state)
{
	(void)state;
	bundle_up(INITRD_SIZE, OFF);
	fdt_del_node(fake_guest.tree, at("/chosen"));
	stops(E_NO_CHOSEN);

	start(NULL);
	bundle_up(INITRD_SIZE, OFF);
	fdt_delprop(fake_guest.tree, at("/rtas"), "query-cpu-stopped-state");
	stops(E_NO_RTAS);

	start(NULL);
	bundle_up(INITRD_SIZE, OFF);
	guest_set(fake_guest.tree, "/memory@0", "linux,usable-memory", (uint32_t[]){ 0, 0x8000000, 0, 0x8000000 }, 4);
	stops(E_CRASH_KERNEL);

	start(NULL);
	bundle_up(INITRD_SIZE, OFF);
	fdt_set_magic(fake_guest.tree, 1);
	stops(E_TREE_CORRUPT);

	start(NULL);
	before.never = 8;
	fake.timebase_step = 1000000000;
	bundle_up(INITRD_SIZE, OFF);
	stops(E_CPU_RUNS);
	assert_true(says("cpu 8"));
}

/* This CPU cannot stop and is not waited for, whichever it is. */
static void test_other_boot_cpu(void **state)
{
	(void)state;
	no_initrd();
	fdt_set_boot_cpuid_phys(fake_guest.tree, 8);
	before.never = 8;
	fake.timebase_step = 1000000000;
	bundle_up(INITRD_SIZE, OFF);
	stops(0);
}

/* A secure Linux comes in as the ultravisor does; its tree tells. */
static void test_secure_already(void **state)
{
	(void)state;
	fake.msr |= MSR_S;
	cell("/rtas", "linux,rtas-entry", 0x1f000000);
	assert_true(fake_stops(boot_start(DOOR_ULTRAVISOR, before.image, (uintptr_t)fake_guest.tree, before.image, 0)));
	assert_int_equal(guest_exit(), E_SECURE_ALREADY);
}

/* Hints: the cause, and what the hint says done to the same guest. */
static void test_hints_105(void **state)
{
	const char *other = "/cpus/PowerPC,POWER9@8";

	for (int followed = 0; followed < 2; followed++) {
		start(state);
		before.never = 8;
		fake.timebase_step = 1000000000;
		bundle_up(INITRD_SIZE, OFF);
		if (followed)	/* "echo 0 >/sys/devices/system/cpu/cpuN/online": its RTAS has stopped it */
			before.never = ~0U;
		stops(followed ? 0 : 105);
		assert_true(followed || says("start kexec with one CPU online"));
		assert_true(at(other) > 0);
	}
}

/* "give kexec -p the kernel itself": nothing of ours is in memory then; kexec -l takes both. */
static void test_hints_213(void **state)
{
	for (int followed = 0; followed < 2; followed++) {
		start(state);
		bundle_up(INITRD_SIZE, OFF);
		if (!followed)
			guest_set(fake_guest.tree, "/memory@0", "linux,usable-memory",
				  (uint32_t[]){ 0, 0x8000000, 0, 0x8000000 }, 4);
		stops(followed ? 0 : 213);
		assert_true(followed || says("give kexec -p the kernel itself"));
	}
}

static void test_hints_347(void **state)
{
	bundle_up(0, "quiet");
	stops(347);
	assert_true(says("put it into the bundle (pefboot-bundle create --initrd), or load none beside it"));
	start(state);
	bundle_up(INITRD_SIZE, "quiet");
	stops(401);	/* what comes next: there is no ultravisor here */
	start(state);
	no_initrd();
	bundle_up(0, "quiet root=/dev/vda");
	stops(401);
}

/* "kexec the kernel itself": it needs no pefboot, since what that would add is in its tree. */
static void test_hints_509(void **state)
{
	test_secure_already(state);
	assert_true(says("kexec the kernel itself: the DMA pool and the flag are in its tree"));
	assert_true(at("/reserved-memory/restricted-dma@10000000") > 0);
	assert_non_null(fdt_getprop(fake_guest.tree, 0, "virtio,access-platform", NULL));
}

#define T(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_bundle),	    T(test_bundle_auto), T(test_left),	T(test_xics),	    T(test_tree_left), T(test_log_of_the_tpm),
		T(test_initrd_beside), T(test_initrd_bad), T(test_no_initrd),
		T(test_moved),   T(test_pefboot_alone),
		T(test_bad_bundle), T(test_bad_tree),	T(test_other_boot_cpu), T(test_secure_already),
		T(test_hints_105), T(test_hints_213), T(test_hints_347), T(test_hints_509),
	};

	return RUN(tests);
}
