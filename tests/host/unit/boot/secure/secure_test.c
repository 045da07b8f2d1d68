// SPDX-License-Identifier: GPL-2.0-or-later
/* The way through the transition, on the host: an ultravisor that takes the guest, and what may fail. */
#include <bearssl_hash.h>
#include <libfdt.h>

#include "abi/bundle.h"
#include "abi/pef.h"
#include "abi/power.h"
#include "abi/steps.h"
#include "boot/doors/door.h"
#include "boot/main.h"
#include "boot/normal/tree.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "tests/host/fake/guest.h"
#include "tests/host/unit/test.h"

#define KIB64 0x10000UL

static int start(void **state)
{
	(void)state;
	guest_make_secure();
	guest_say("pefboot.log=error");
	return 0;
}

static int end(void **state)
{
	(void)state;
	guest_unmark();
	return 0;
}

static void stops(int number)
{
	int rc = guest_boot();

	if (rc != number)
		print_error("%s", guest_console());
	assert_int_equal(rc, number);
}

/* It goes no further, since the secure world would stop: while there is somebody to say what to do. */
static void test_tlbs_of_the_host(void **state)
{
	(void)state;
	guest_say("radix_hcall_invalidate=on");
	stops(E_CONTRACT);
	assert_int_equal(fake_guest.kbase, 0);
	assert_non_null(strstr(guest_console(), "hint: use -M pseries of QEMU 7.2 or later, and no disable_radix"));
}

static const void *prop(const char *node, const char *name, int *size)
{
	return fdt_getprop(fake.entered_tree, fdt_path_offset(fake.entered_tree, node), name, size);
}

static void test_good(void **state)
{
	uint64_t first, second;
	char path[64];
	int node, size;

	(void)state;
	stops(0);
	assert_int_equal(fake.entered_kernel, GUEST_KERNEL);
	assert_int_equal(fake_guest.kbase % KIB64, 0);
	assert_in_range(fake_guest.kbase, 1, GUEST_KERNEL - 1);
	/* the pool: whole 64 KiB pages, 256 KiB aligned, below 1 GiB, clear of everything */
	assert_int_equal(fake_guest.share_count, (64UL << 20) / KIB64);
	snprintf(path, sizeof(path), "/reserved-memory/restricted-dma@%lx", fake_guest.shared * KIB64);
	node = fdt_path_offset(fake.entered_tree, path);
	assert_true(node > 0);
	assert_int_equal(fake_guest.shared % 4, 0);
	assert_int_equal(dt_u64_pair(fake.entered_tree, node, "reg", &first, &second), 0);
	assert_int_equal(first, fake_guest.shared * KIB64);
	assert_int_equal(second, 64 << 20);
	assert_true(first >= GUEST_INITRD + 0x100000);
	assert_string_equal(prop(path, "compatible", NULL), "restricted-dma-pool");
	assert_null(prop(path, "no-map", NULL));
	/* links and flag */
	assert_memory_equal(prop("/pci@800000020000000", "memory-region", &size), prop(path, "phandle", NULL), 4);
	assert_memory_equal(prop("/pci@800000020000001", "memory-region", &size), prop(path, "phandle", NULL), 4);
	assert_non_null(prop("/", "virtio,access-platform", NULL));
	prop("/", "reserved-ranges", &size);
	assert_int_equal(size, 32);
	/* a seed that the host does not know */
	assert_memory_equal(prop("/chosen", "rng-seed", &size), "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	assert_int_equal(size, 32);
	assert_int_equal(dt_check(fake.entered_tree, TREE_SPACE), 0);
}

static void test_no_random_numbers(void **state)
{
	(void)state;
	fake.darn = UINT64_MAX;
	guest_say("");
	stops(0);
	assert_null(prop("/chosen", "rng-seed", NULL));
	assert_non_null(strstr(guest_console(), "no random numbers"));
}

/* What a secure guest must not use is gone, whatever the host added. */
static void test_pruned(void **state)
{
	(void)state;
	assert_true(fdt_add_subnode(fake_guest.cas, 0, "surprise") > 0);
	assert_true(fdt_add_subnode(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/vdevice"), "l-lan@71000002") > 0);
	guest_set(fake_guest.cas, "/chosen", "linux,crashkernel-base", (const uint32_t[]){ 0, 0x1000000 }, 2);
	guest_set(fake_guest.cas, "/memory@0", "linux,usable-memory", (const uint32_t[]){ 0, 0, 0, 0x1000000 }, 4);
	stops(0);
	assert_null(prop("/chosen", "linux,crashkernel-base", NULL));
	assert_null(prop("/memory@0", "linux,usable-memory", NULL));
	assert_non_null(prop("/chosen", "bootargs", NULL));
	assert_non_null(prop("/memory@0", "reg", NULL));
	assert_int_equal(fdt_path_offset(fake.entered_tree, "/surprise"), -FDT_ERR_NOTFOUND);
	assert_int_equal(fdt_path_offset(fake.entered_tree, "/vdevice/l-lan@71000002"), -FDT_ERR_NOTFOUND);
	assert_true(fdt_path_offset(fake.entered_tree, "/vdevice/vty@71000000") > 0);
}

/* What Linux may ask of the hypervisor is what we know. */
static void test_functions(void **state)
{
	static const char offered[] = "hcall-pft\0hcall-pks\0hcall-pft2\0pft\0hcall-scm\0hcall-\0hcall-watchdog\0hcall-nested";
	static const char given[] = "hcall-pft\0hcall-watchdog";
	int size;

	(void)state;
	assert_int_equal(fdt_setprop(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/rtas"), "ibm,hypertas-functions", offered,
				     sizeof(offered)), 0);
	stops(0);
	assert_memory_equal(prop("/rtas", "ibm,hypertas-functions", &size), given, sizeof(given));
	assert_int_equal(size, sizeof(given));
}

/* A node's name is the host's: it must not look like keys of ours, nor like a line. */
static void test_pruned_names(void **state)
{
	(void)state;
	assert_true(fdt_add_subnode(fake_guest.cas, 0, "a\" prop=\"b\n[    0.000000] pefboot: EXIT 0") > 0);
	guest_say("pefboot.log=info");
	stops(0);
	assert_non_null(strstr(guest_console(), "tree=del node=\"a\\\" prop=\\\"b\\x0a[    0.000000] pefboot: EXIT 0\"\r\n"));
}

static void take_the_mark(void *tree)
{
	(void)tree;
	guest_unmark();
}

static void test_mark(void **state)
{
	(void)state;
	fake_guest.meddle = take_the_mark;
	stops(E_MARK_GONE);
	assert_int_equal(fake_guest.share_count, 0);
	start(NULL);
	guest_unmark();
	stops(E_NO_MARK);
	assert_int_equal(fake_guest.kbase, 0);
	start(NULL);
	guest_unmark();
	guest_say("pefboot.kernel=any");
	stops(0);
	assert_int_equal(fake_guest.share_count, 1024);
	start(NULL);
	guest_unmark();
	guest_say("pefboot.secure=off");
	stops(0);
	assert_int_equal(fake_guest.share_count, 0);
	assert_null(strstr(guest_console(), "no manifest"));	/* it never claims to verify */
}

/* Any refusal ends the boot, by name; U_FUNCTION to the second call is one, too. */
static void test_refused(void **state)
{
	static const struct {
		int64_t code;
		const char *name;
	} cases[] = {
		{ U_PERMISSION, "U_PERMISSION (-11)" }, { U_RETRY, "U_RETRY (-5)" }, { U_P3, "U_P3 (-56)" },
		{ U_FUNCTION, "U_FUNCTION (-2)" }, { -4242, "? (-4242)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(NULL);
		fake_guest.esm_code = cases[i].code;
		stops(E_ESM_REFUSED);
		assert_non_null(strstr(guest_console(), cases[i].name));
	}
}

static void test_no_stage(void **state)
{
	const uint32_t low[] = { 0, 0x20000, 0, 0x10000 };

	(void)state;
	memcpy((void *)0x20000, (void *)GUEST_KERNEL, 0x100);
	guest_set(fake_guest.tree, "/chosen", "qemu,boot-kernel", low, 4);
	stops(E_NO_STAGE);
}

static void test_contract(void **state)
{
	(void)state;
	fdt_nop_property(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/rtas"), "start-cpu");
	stops(E_CONTRACT);
	assert_int_equal(fake_guest.kbase, 0);
}

/* The secure stage, entered by somebody who is no ultravisor. */
static void test_not_secure(void **state)
{
	(void)state;
	assert_true(fake_stops(boot_start(DOOR_ULTRAVISOR, 0x3d0000, (uintptr_t)fake_guest.tree, 0x3d0000, 0)));
	assert_non_null(strstr(guest_console(), "E504"));
	assert_int_equal(guest_exit(), E_NOT_SECURE);
}

static void test_pool(void **state)
{
	(void)state;
	guest_say("pefboot.log=error pefboot.pool=500M");
	stops(E_NO_POOL);
	start(NULL);
	guest_say("pefboot.pool=8M");
	stops(E_POOL_SMALL);
	start(NULL);
	guest_say("pefboot.pool=8M,force");
	stops(0);
	assert_int_equal(fake_guest.share_count, 128);
	start(NULL);
	fake_guest.share_code = U_P2;
	stops(E_SHARE_REFUSED);
	start(NULL);
	/* a platform's tree that has no phandle left for the pool */
	fake_guest.ask_code = U_FUNCTION;
	guest_say("pefboot.dma=pool");
	fdt_setprop_u32(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/pci@800000020000001"), "phandle", 0xfffffffe);
	stops(E_PATCH_TREE);
}

/* What fits is said; it does fit, and no MiB more. */
static void test_largest_pool_hints(void **state)
{
	char words[64];
	const char *at;
	int size = 0;

	(void)state;
	guest_say("pefboot.pool=500M");
	stops(E_NO_POOL);
	at = strstr(guest_console(), "where ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "where %dM is the largest that fits", &size), 1);
	for (int more = 0; more < 2; more++) {
		start(NULL);
		snprintf(words, sizeof(words), "pefboot.pool=%dM", size + more);
		guest_say(words);
		stops(more ? E_NO_POOL : 0);
	}
	assert_in_range(size, 300, 499);
}

/* In the window where it fits, without a word; else above it, with one, as high as memory and mem= reach. */
static void test_pool_above_window_duties(void **state)
{
	static const struct {
		const char *words;
		uint64_t memory, end;
		int rc, most;
	} cases[] = {
		{ "pefboot.pool=200M", 0x78000000, 0x40000000, 0, 0 },
		{ "pefboot.pool=800M", 0x78000000, 0x78000000, 0, 0 },
		{ "pefboot.pool=1G", 0x7ff00000, 0x7ff00000, 0, 0 },
		{ "pefboot.pool=800M mem=1900M", 0x78000000, 0x76000000, 0, 0 },
		{ "pefboot.pool=800M mem=1G", 0x78000000, 0, E_NO_POOL, 799 },
		{ "pefboot.pool=2G", 0x78000000, 0, E_NO_POOL, 1919 },
		{ "pefboot.pool=4G", 0x78000000, 0, E_NO_POOL, 1919 },
		{ "pefboot.dma=pool pefboot.secure=off pefboot.pool=800M", 0x78000000, 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const bool above = cases[i].rc == 0 && cases[i].end != 0x40000000;
		const char *most;
		int size = 0;

		start(state);
		guest_set_memory((uint32_t)cases[i].memory);
		guest_say(cases[i].words);
		print_message("%s\n", cases[i].words);
		stops(cases[i].rc);
		assert_int_equal(!!strstr(guest_console(), "notice: the pool lies above the DMA window"), above);
		if (cases[i].end)
			assert_int_equal((fake_guest.shared + fake_guest.share_count) * KIB64, cases[i].end);
		most = strstr(guest_console(), "where ");
		if (cases[i].most) {
			assert_int_equal(sscanf(most, "where %dM is the largest that fits", &size), 1);
			assert_in_range(size, 300, cases[i].most);
		}
	}
}

/* Pool and tree lie where mem= lets Linux use memory, or what fits there is said. */
static void test_limit_duties(void **state)
{
	static const char *const words[] = { "mem=128M", "mem=208m", "mem=0xA000000", "mem=256M mem=208M" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		start(state);
		guest_say(words[i]);
		print_message("%s\n", words[i]);
		stops(0);
		assert_true((fake_guest.shared + fake_guest.share_count) * KIB64 <= 208 << 20);
		assert_in_range((uintptr_t)fake.entered_tree, 0, 208 << 20);
	}
	start(state);
	guest_say("mem=96M");
	stops(E_NO_POOL);
	assert_non_null(strstr(guest_console(), "65536 KiB below 0x6000000, where "));
}

/* QEMU writes no command line without -append: an ultravisor wants one all the same. */
static void test_no_command_line_hints(void **state)
{
	int size;

	(void)state;
	fdt_delprop(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/chosen"), "bootargs");
	stops(0);
	assert_int_equal(fake_guest.kbase % KIB64, 0);
	assert_true(fake_guest.share_count > 0);
	assert_string_equal(prop("/chosen", "bootargs", &size), "");
	assert_int_equal(size, 1);
}

/* In a VM that stays normal: only if asked for, and nothing is shared. */
static void test_iommu_duties(void **state)
{
	(void)state;
	guest_say("iommu=off");
	stops(0);
	assert_non_null(prop("/chosen", "linux,iommu-off", NULL));
}

static void test_normal_pool(void **state)
{
	(void)state;
	fake_guest.ask_code = U_FUNCTION;
	guest_say("pefboot.dma=pool");
	stops(0);
	assert_non_null(prop("/", "virtio,access-platform", NULL));
	assert_int_equal(fake_guest.share_count, 0);
	assert_memory_equal(prop("/chosen", "rng-seed", NULL), "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
}

/*
 * A measured manifest in front of kernel and initrd: what lies there must be what was measured. The
 * digests are taken when UV_ESM is called, then one byte is changed.
 */
#define STAGE	     (GUEST_KERNEL - 0x30000)
#define PART_KERNEL  0x30000UL
#define PART_INITRD  (GUEST_INITRD - STAGE)
#define PART_CMDLINE (PART_INITRD + 0x100000)
#define CMDLINE	     "pefboot.log=error"

static uint64_t changed;	/* address, or 0 */

static void put_part(struct bundle_part *part, uint64_t offset, uint64_t size)
{
	br_sha512_context context;

	be64_store(&part->offset, offset);
	be64_store(&part->size, size);
	br_sha512_init(&context);
	br_sha512_update(&context, (const void *)(STAGE + offset), size);
	br_sha512_out(&context, part->digest);
}

static void bundle_up(void *tree)
{
	struct bundle_manifest *manifest = (void *)(STAGE + BUNDLE_MANIFEST_AT);

	(void)tree;
	memcpy((void *)(STAGE + PART_CMDLINE), CMDLINE, strlen(CMDLINE));
	memcpy(manifest->magic, BUNDLE_MAGIC, 8);
	be32_store(&manifest->version, BUNDLE_VERSION);
	be32_store(&manifest->size, sizeof(*manifest));
	be64_store(&manifest->image_size, 0x10000);
	be64_store(&manifest->image_memory, 0x30000);
	be64_store(&manifest->total_size, PART_CMDLINE + 0x10000);
	put_part(&manifest->part[BUNDLE_KERNEL], PART_KERNEL, 0x1000);
	put_part(&manifest->part[BUNDLE_INITRD], PART_INITRD, 0x100000);
	put_part(&manifest->part[BUNDLE_CMDLINE], PART_CMDLINE, strlen(CMDLINE));
	if (changed)
		*(uint8_t *)changed ^= 1;
}

static void test_digests(void **state)
{
	static const struct {
		uint64_t changed;
		int want;
	} cases[] = {
		{ GUEST_KERNEL + 0xfff, E_KERNEL_DIGEST },
		{ GUEST_INITRD + 0xfffff, E_INITRD_DIGEST },
		{ STAGE + PART_CMDLINE, E_CMDLINE_DIGEST },
		{ STAGE + BUNDLE_MANIFEST_AT + offsetof(struct bundle_manifest, part) + 20, E_KERNEL_DIGEST },
		{ STAGE + BUNDLE_MANIFEST_AT + offsetof(struct bundle_manifest, version), E_MANIFEST },
		{ STAGE + BUNDLE_MANIFEST_AT + offsetof(struct bundle_manifest, total_size), E_MANIFEST },
		{ STAGE + BUNDLE_MANIFEST_AT + offsetof(struct bundle_manifest, reserved), E_MANIFEST },
		{ GUEST_KERNEL + 0x1000, E_ELF_KIND },	/* not measured; this kernel is no ELF file */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(NULL);
		changed = cases[i].changed;
		fake_guest.meddle = bundle_up;
		print_message("case %zu\n", i);
		stops(cases[i].want);
	}
	/* what the tree says must be what was measured, too */
	start(NULL);
	changed = 0;
	fake_guest.meddle = bundle_up;
	guest_say(CMDLINE " init=/bin/sh");
	stops(E_CMDLINE_DIGEST);
}

/* Until the sc 2 the host may change everything. Whatever it does: boot or stop, nothing else. */
static uint64_t seed = 11;

static void flip(void *tree)
{
	for (uint64_t n = 1 + draw(&seed) % 3; n; n--)
		((uint8_t *)tree)[draw(&seed) % fdt_totalsize(tree)] ^= (uint8_t)(1 << draw(&seed) % 8);
}

static void test_meddling(void **state)
{
	int booted = 0, stopped = 0;

	(void)state;
	for (int turn = 0; turn < turns(1000); turn++) {
		int rc;

		start(NULL);
		fake_guest.meddle = flip;
		rc = guest_boot();
		assert_true(rc == 0 || rc == E_TOO_MANY || rc == E_OPTION || (rc > 500 && rc < 700));
		*(rc ? &stopped : &booted) += 1;
		if (rc == 0 && fake_guest.share_count)
			assert_true(fake_guest.shared * KIB64 >= 0x10000);
	}
	assert_true(booted > turns(20));
	assert_true(stopped > turns(20));
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_good), T(test_tlbs_of_the_host), T(test_no_random_numbers), T(test_pruned), T(test_pruned_names), T(test_functions), T(test_mark), T(test_refused),
		T(test_no_stage), T(test_contract), T(test_not_secure), T(test_pool), T(test_largest_pool_hints), T(test_no_command_line_hints),
		T(test_pool_above_window_duties), T(test_normal_pool), T(test_limit_duties), T(test_iommu_duties), T(test_digests),
		T(test_meddling),
	};

	return RUN(tests);
}
