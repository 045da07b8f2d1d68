// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The whole line with a bundle of version 2, and with ESM blobs: what the ultravisor is given, what Linux gets, and
 * what the log says was measured.
 */
#include <bearssl_hash.h>
#include <libfdt.h>

#include "abi/bundle.h"
#include "abi/papr.h"
#include "abi/pef.h"
#include "abi/steps.h"
#include "boot/doors/door.h"
#include "boot/handover.h"
#include "boot/main.h"
#include "boot/normal/blob.h"
#include "fdt/read.h"
#include "lib/bundle.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "tests/host/fake/guest.h"
#include "tests/host/unit/test.h"

#define IMAGE	     0xa00000UL		/* where the bundle is put */
#define IMAGE_SIZE   0x10000UL
#define FOOTPRINT    0x30000UL
#define CMDLINE_AT   FOOTPRINT
#define KERNEL_AT    0x40000UL
#define FILE_KERNEL  0x10000UL		/* of the kernel's segment in its ELF file */
#define KERNEL_SIZE  0x4321UL		/* of it, then bss */
#define KERNEL_SPAN  0x9000UL
#define INITRD_AT    0x60000UL
#define INITRD_SIZE  0x5001UL
#define BLOB_AT	     0x70000UL
#define ROOM	     0x40000UL
#define TOTAL	     (BLOB_AT + ROOM)
#define MEASURED     (KERNEL_AT + FILE_KERNEL + KERNEL_SIZE)
#define CMDLINE	     "quiet pefboot.kernel=any"
#define BLOCK	     0x200000UL

static uint8_t file[TOTAL];		/* of the bundle, as its owner knows it */
static const uint8_t *wanted;		/* the blob that the ultravisor should get, or NULL */
static uint64_t wanted_size;
static struct range handed;		/* the blob's place at UV_ESM */
static uint64_t initrd_start;		/* at UV_ESM */
static void (*change)(void *tree);	/* the host's last chance */

static int start(void **state)
{
	(void)state;
	guest_make();
	log_init("pefboot", 512000000);
	log_set_level(LOG_NOTICE);
	wanted = NULL;
	wanted_size = 0;
	handed = (struct range){ 0, 0 };
	change = NULL;
	return 0;
}

static struct bundle_manifest *manifest(void)
{
	return (void *)(IMAGE + BUNDLE_MANIFEST_AT);
}

static void sha512(uint8_t out[64], const void *data, size_t size)
{
	br_sha512_context context;

	br_sha512_init(&context);
	br_sha512_update(&context, data, size);
	br_sha512_out(&context, out);
}

static void put_part(int index, uint64_t offset, uint64_t size)
{
	struct bundle_part *part = &manifest()->part[index];

	be64_store(&part->offset, offset);
	be64_store(&part->size, size);
	sha512(part->digest, (const void *)(IMAGE + offset), size);
}

/* A kernel as an ELF file which lies there as it runs, with bss behind it. */
static void put_kernel(uint8_t *to)
{
	guest_put_elf(to, FILE_KERNEL, KERNEL_SIZE, KERNEL_SPAN);
	for (uint64_t i = 0; i < KERNEL_SIZE; i++)
		to[FILE_KERNEL + i] = (uint8_t)(i * 7 ^ i >> 8);
	guest_put_kernel(to + FILE_KERNEL);
}

/* Of those bytes, all different, by its header. */
static void put_blob(uint8_t *at, uint32_t size, uint64_t room)
{
	for (uint64_t i = 0; i < room; i++)
		at[i] = (uint8_t)(i * 13 ^ i >> 7);
	be32_store(at, BLOB_MAGIC);
	be32_store(at + 4, size);
}

static void put_bundle(uint32_t version, uint64_t initrd)
{
	uint8_t *image = (uint8_t *)IMAGE;

	memset(image, 0, TOTAL);
	for (uint64_t i = 0; i < IMAGE_SIZE; i++)
		image[i] = (uint8_t)(i * 3 ^ i >> 8);
	memset(manifest(), 0, sizeof(*manifest()));
	memcpy(manifest()->magic, BUNDLE_MAGIC, 8);
	be32_store(&manifest()->version, version);
	be32_store(&manifest()->size, sizeof(*manifest()));
	be64_store(&manifest()->image_size, IMAGE_SIZE);
	be64_store(&manifest()->image_memory, FOOTPRINT);
	be64_store(&manifest()->total_size, TOTAL);
	put_kernel(image + KERNEL_AT);
	memset(image + INITRD_AT, 0x5a, INITRD_SIZE);
	memcpy(image + CMDLINE_AT, CMDLINE, strlen(CMDLINE));
	put_part(BUNDLE_KERNEL, KERNEL_AT, FILE_KERNEL + KERNEL_SIZE);
	if (initrd)
		put_part(BUNDLE_INITRD, INITRD_AT, initrd);
	put_part(BUNDLE_CMDLINE, CMDLINE_AT, strlen(CMDLINE));
	be64_store(&manifest()->blob_offset, BLOB_AT);
	be64_store(&manifest()->blob_room, ROOM);
	memcpy(file, image, TOTAL);
}

/* What the ultravisor finds in the tree. Then it enters the stage, or the host does something before. */
static void look(void *tree)
{
	int chosen = fdt_path_offset(tree, "/chosen"), size;
	const void *from = fdt_getprop(tree, chosen, "linux,esm-blob-start", &size);
	struct ranges reserved = { 0 };
	uint64_t end;

	assert_int_equal(dt_u32_or_u64(tree, chosen, "linux,initrd-start", &initrd_start), 0);
	if (from) {
		assert_int_equal(size, 8);
		handed.start = be64_load(from);
		from = fdt_getprop(tree, chosen, "linux,esm-blob-end", &size);
		assert_int_equal(size, 8);
		handed.end = be64_load(from);
		assert_int_equal(handed.start % 0x10000, 0);
		assert_int_equal(handed.start / BLOCK, (handed.end - 1) / BLOCK);
		assert_int_equal(dt_reservations(tree, &reserved), 0);
		assert_true(ranges_contain(&reserved, (struct range){ handed.start, handed.end - 8 }));
		for (size_t i = 0; i < reserved.count; i++)
			assert_true(!range_overlaps(reserved.item[i], handed) ||
				    (reserved.item[i].start == handed.start && is_handover_reservation(reserved.item[i])));
	} else {
		assert_null(fdt_getprop(tree, chosen, "linux,esm-blob-end", NULL));
	}
	assert_int_equal(dt_u32_or_u64(tree, chosen, "linux,initrd-end", &end), 0);
	assert_int_equal(range_size(handed), wanted_size);
	if (wanted)
		assert_memory_equal((const void *)handed.start, wanted, wanted_size);
	if (change)
		change(tree);
}

/* Enters by @door; 0, or the number after EXIT. */
static void stops(uint64_t door, int want)
{
	int rc = fake_stops(boot_start(door, IMAGE, (uintptr_t)fake_guest.tree, IMAGE, 0)) ? guest_exit() : 0;

	if (rc != want)
		print_error("%s", guest_console());
	assert_int_equal(rc, want);
}

/* The tree of a Linux with one CPU, which kexecs the bundle: nothing has to be stopped. */
static void age_tree(void)
{
	static const uint8_t vec5[27] = { [23] = 0x40, [24] = 0x40, [26] = 0x40 };
	void *tree = fake_guest.tree;

	fdt_del_node(tree, fdt_path_offset(tree, "/cpus/PowerPC,POWER9@8"));
	fdt_setprop_u32(tree, fdt_path_offset(tree, "/cpus/PowerPC,POWER9@0"), "ibm,ppc-interrupt-server#s", 0);
	fdt_setprop_u32(tree, fdt_path_offset(tree, "/rtas"), "query-cpu-stopped-state", 0x2099);
	fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), "ibm,architecture-vec-5", vec5, sizeof(vec5));
	fdt_delprop(tree, fdt_path_offset(tree, "/chosen"), "linux,initrd-start");
	fdt_delprop(tree, fdt_path_offset(tree, "/chosen"), "linux,initrd-end");
}

static void stops_with_ultravisor(int want)
{
	fake_guest.ask_code = U_P2;
	fake_guest.meddle = look;
	stops(DOOR_KEXEC, want);
}

static const char *prop(const char *node, const char *name)
{
	return fdt_getprop(fake.entered_tree, fdt_path_offset(fake.entered_tree, node), name, NULL);
}

static bool says(const char *words)
{
	return strstr(guest_console(), words);
}

/* Of the first @size bytes of the file, as its owner computes it. */
static const char *owners_digest(uint64_t size)
{
	static char text[129];
	uint8_t digest[64];

	sha512(digest, file, size);
	for (int i = 0; i < 64; i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
	return text;
}

static void says_digest(const char *before, uint64_t size)
{
	char line[256];

	snprintf(line, sizeof(line), "%s sha512=%s", before, owners_digest(size));
	if (!says(line))
		print_error("no \"%s\" in\n%s", line, guest_console());
	assert_true(says(line));
}

static void trash_unmeasured(void *tree)
{
	uint8_t *image = (uint8_t *)IMAGE;

	(void)tree;
	memset(image + IMAGE_SIZE, 0xee, FOOTPRINT - IMAGE_SIZE);	/* what the stage does to its own */
	memset(image + MEASURED, 0xcc, INITRD_AT - MEASURED);
	memset(image + INITRD_AT + INITRD_SIZE, 0xdd, TOTAL - INITRD_AT - INITRD_SIZE);
}

static void test_sealed_no_blob(void **state)
{
	(void)state;
	age_tree();
	put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
	fdt_setprop_u64(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/chosen"), "linux,esm-blob-start", 0x100000);
	fdt_setprop_u64(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/chosen"), "linux,esm-blob-end", 0x110000);
	fake_guest.esm_code = 0;
	change = trash_unmeasured;
	stops_with_ultravisor(0);
	assert_true(says("kernel=match initrd=match cmdline=match sha512="));
	says_digest("cmdline=match", MEASURED);
	assert_string_equal(prop("/chosen/pefboot", "measured"), owners_digest(MEASURED));
	assert_int_equal(fake.entered_kernel, IMAGE + KERNEL_AT + FILE_KERNEL);
	assert_memory_equal((const void *)fake.entered_kernel, file + KERNEL_AT + FILE_KERNEL, KERNEL_SPAN);
	assert_true(says(" measured=0xa00000+0x54321\n") || says(" measured=0xa00000+0x54321\r\n"));
}

static void test_sealed_blob_is_handed_over(void **state)
{
	static const uint32_t sizes[] = { BLOB_HEADER, 0xffff, 0x10000, 0x10001, 0x3ffff, ROOM };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		start(state);
		age_tree();
		put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
		put_blob((uint8_t *)IMAGE + BLOB_AT, sizes[i], ROOM);
		memcpy(file, (const void *)IMAGE, TOTAL);
		wanted = file + BLOB_AT;
		wanted_size = sizes[i];
		fake_guest.esm_code = 0;
		stops_with_ultravisor(0);
		assert_true(says(" blob=0x"));
		says_digest("cmdline=match", MEASURED);
		assert_null(prop("/chosen", "linux,esm-blob-start"));
		assert_null(prop("/chosen", "linux,esm-blob-end"));
		/* its memory is Linux' */
		for (int n = 0; n < fdt_num_mem_rsv(fake.entered_tree); n++) {
			uint64_t at, size;

			fdt_get_mem_rsv(fake.entered_tree, n, &at, &size);
			assert_false(range_overlaps((struct range){ at, at + size }, handed));
		}
	}
}

static void test_sealed_refused(void **state)
{
	(void)state;
	age_tree();
	put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
	stops_with_ultravisor(E_ESM_REFUSED);
	says_digest("measured=0xa00000+0x54321", MEASURED);

	start(state);
	age_tree();
	put_bundle(BUNDLE_VERSION, INITRD_SIZE);
	/* version 1 has another order */
	put_part(BUNDLE_KERNEL, 0x30000, FILE_KERNEL + KERNEL_SIZE);
	memset((void *)(IMAGE + 0x30000), 0, 0x30000);
	put_kernel((uint8_t *)IMAGE + 0x30000);
	put_part(BUNDLE_KERNEL, 0x30000, FILE_KERNEL + KERNEL_SIZE);
	memcpy((void *)(IMAGE + BLOB_AT), CMDLINE, strlen(CMDLINE));
	put_part(BUNDLE_CMDLINE, BLOB_AT, strlen(CMDLINE));
	be64_store(&manifest()->blob_offset, 0);
	be64_store(&manifest()->blob_room, 0);
	memcpy(file, (const void *)IMAGE, TOTAL);
	stops_with_ultravisor(E_ESM_REFUSED);
	says_digest("measured=0xa00000+0xb0000", TOTAL);

	/* and once it goes on, its measured range is not digested: it would be all of it once more */
	start(state);
	age_tree();
	memcpy((void *)IMAGE, file, TOTAL);
	fake_guest.esm_code = 0;
	stops_with_ultravisor(0);
	assert_true(says("cmdline=match") && !says("sha512="));
	assert_null(prop("/chosen/pefboot", "measured"));
}

static void test_sealed_bad_blob(void **state)
{
	static const struct {
		uint32_t magic, size;
		int want;
	} cases[] = {
		{ BLOB_MAGIC, ROOM + 1, E_BLOB_SIZE }, { BLOB_MAGIC, 0xffffffff, E_BLOB_SIZE },
		{ BLOB_MAGIC, BLOB_HEADER - 1, E_BLOB }, { 0xfeed, 0x100, E_BLOB },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(state);
		age_tree();
		put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
		be32_store((void *)(IMAGE + BLOB_AT), cases[i].magic);
		be32_store((void *)(IMAGE + BLOB_AT + 4), cases[i].size);
		stops_with_ultravisor(cases[i].want);
	}
}

static void flip_kernel(void *tree) { (void)tree; *(uint8_t *)(IMAGE + MEASURED - 1) ^= 1; }
static void flip_initrd(void *tree) { (void)tree; *(uint8_t *)(IMAGE + INITRD_AT) ^= 1; }
static void flip_cmdline(void *tree) { (void)tree; *(uint8_t *)(IMAGE + CMDLINE_AT) ^= 1; }
static void flip_version(void *tree) { (void)tree; be32_store(&manifest()->version, BUNDLE_VERSION); }
static void set_pair(void *tree, uint64_t from, uint64_t to)
{
	int chosen = fdt_path_offset(tree, "/chosen");

	fdt_setprop_inplace_u64(tree, chosen, "linux,esm-blob-start", from);
	fdt_setprop_inplace_u64(tree, chosen, "linux,esm-blob-end", to);
}

static void blob_backwards(void *tree) { set_pair(tree, 0x110000, 0x100000); }
static void blob_empty(void *tree) { set_pair(tree, 0x110000, 0x110000); }
static void blob_outside(void *tree) { set_pair(tree, GUEST_MEMORY - 8, GUEST_MEMORY + 8); }
static void blob_half(void *tree)
{
	fdt_nop_property(tree, fdt_path_offset(tree, "/chosen"), "linux,esm-blob-end");
}
static void blob_anywhere(void *tree) { set_pair(tree, 0x100000, 0x100001); }

static void set_kernel(void *tree, uint64_t base, uint64_t size)
{
	int chosen = fdt_path_offset(tree, "/chosen");

	assert_int_equal(fdt_setprop_inplace_namelen_partial(tree, chosen, "pefboot,kernel", 14, 0,
							     (fdt64_t[]){ cpu_to_fdt64(base), cpu_to_fdt64(size) }, 16), 0);
}

static void kernel_smaller(void *tree) { set_kernel(tree, IMAGE + KERNEL_AT + FILE_KERNEL, KERNEL_SPAN - 1); }
static void kernel_elsewhere(void *tree) { set_kernel(tree, 0x8000000, KERNEL_SPAN); }

static void initrd_elsewhere(void *tree)
{
	int chosen = fdt_path_offset(tree, "/chosen");

	fdt_setprop_inplace_u64(tree, chosen, "linux,initrd-start", 0x8000000);
	fdt_setprop_inplace_u64(tree, chosen, "linux,initrd-end", 0x8000000 + INITRD_SIZE);
}

static void kernel_enters_elsewhere(void *tree)
{
	(void)tree;
	be64_store((uint8_t *)IMAGE + KERNEL_AT + 24, 8);	/* e_entry, also in its digest */
	put_part(BUNDLE_KERNEL, KERNEL_AT, FILE_KERNEL + KERNEL_SIZE);
}

static void bundle_beyond_memory(void *tree)
{
	(void)tree;
	be64_store(&manifest()->total_size, GUEST_MEMORY);
}

/* What the host changes after the digest was taken: by the manifest that was measured, or by the tree's own sense. */
static void test_sealed_host(void **state)
{
	static const struct {
		void (*change)(void *tree);
		int want;
	} cases[] = {
		{ flip_kernel, E_KERNEL_DIGEST }, { flip_initrd, E_INITRD_DIGEST }, { flip_cmdline, E_CMDLINE_DIGEST },
		{ flip_version, E_MANIFEST },	  { blob_backwards, E_VERIFY_RANGE }, { blob_empty, E_VERIFY_RANGE },
		{ kernel_smaller, E_KERNEL_DIGEST }, { kernel_elsewhere, E_KERNEL_DIGEST },
		{ kernel_enters_elsewhere, E_NOT_LINUX }, { initrd_elsewhere, E_INITRD_DIGEST }, { bundle_beyond_memory, E_MANIFEST },
		{ blob_outside, E_VERIFY_RANGE }, { blob_half, E_VERIFY_TREE },	      { blob_anywhere, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(state);
		age_tree();
		put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
		put_blob((uint8_t *)IMAGE + BLOB_AT, 0x1000, ROOM);
		memcpy(file, (const void *)IMAGE, TOTAL);
		wanted = file + BLOB_AT;
		wanted_size = 0x1000;
		fake_guest.esm_code = 0;
		change = cases[i].change;
		print_message("case %zu\n", i);
		stops_with_ultravisor(cases[i].want);
	}
}

/* A kernel whose file is not as it runs is laid out elsewhere, from what was measured; the tree has no say in it. */
static uint8_t *laid_out;

static void put_shifted_kernel(void)
{
	uint8_t *to = (uint8_t *)IMAGE + KERNEL_AT;

	put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
	memset(to, 0, FILE_KERNEL + KERNEL_SIZE);
	guest_put_elf(to, FILE_KERNEL - 0x1000, KERNEL_SIZE, KERNEL_SPAN);
	memcpy(to + FILE_KERNEL - 0x1000, file + KERNEL_AT + FILE_KERNEL, KERNEL_SIZE);
	put_part(BUNDLE_KERNEL, KERNEL_AT, FILE_KERNEL - 0x1000 + KERNEL_SIZE);
}

static void find_laid_out(void *tree)
{
	uint64_t base, size;

	assert_int_equal(dt_u64_pair(tree, fdt_path_offset(tree, "/chosen"), "pefboot,kernel", &base, &size), 0);
	assert_int_equal(size, KERNEL_SPAN);
	laid_out = (uint8_t *)base;
}

static void trash_laid_out(void *tree)
{
	find_laid_out(tree);
	memset(laid_out, 0xee, KERNEL_SPAN);
}

static void unalign_kernel(void *tree)
{
	find_laid_out(tree);
	set_kernel(tree, (uintptr_t)laid_out - 4096, KERNEL_SPAN);
}

static void test_sealed_kernel_laid_out(void **state)
{
	age_tree();
	put_shifted_kernel();
	fake_guest.esm_code = 0;
	change = trash_laid_out;
	stops_with_ultravisor(0);
	assert_ptr_equal((void *)fake.entered_kernel, laid_out);
	assert_memory_equal(laid_out, file + KERNEL_AT + FILE_KERNEL, KERNEL_SIZE);
	for (uint64_t at = KERNEL_SIZE; at < KERNEL_SPAN; at++)
		assert_int_equal(laid_out[at], 0);

	start(state);
	age_tree();
	put_shifted_kernel();
	fake_guest.esm_code = 0;
	change = unalign_kernel;
	stops_with_ultravisor(E_KERNEL_DIGEST);
	assert_true(says("no place at 0x"));
}

/* Without an initrd there is none, and Linux finds its root by itself. */
static void test_sealed_no_initrd(void **state)
{
	static const char line[] = "quiet pefboot.kernel=any root=/dev/vda";

	(void)state;
	age_tree();
	put_bundle(BUNDLE_VERSION_BLOB, 0);
	memcpy((void *)(IMAGE + CMDLINE_AT), line, strlen(line));
	put_part(BUNDLE_CMDLINE, CMDLINE_AT, strlen(line));
	fake_guest.esm_code = 0;
	stops_with_ultravisor(0);
	assert_null(prop("/chosen", "linux,initrd-start"));
}

/* Hints: the cause, and what the hint says done to the same guest. */
static void put_good_blob(void)
{
	put_blob((uint8_t *)IMAGE + BLOB_AT, 0x1000, ROOM);
	memcpy(file, (const void *)IMAGE, TOTAL);
	wanted = file + BLOB_AT;
	wanted_size = 0x1000;
}

static void hints(int number, const char *words, void (*cause)(void *tree))
{
	for (int followed = 0; followed < 2; followed++) {
		start(NULL);
		age_tree();
		put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
		put_good_blob();
		fake_guest.esm_code = 0;
		change = followed ? NULL : cause;
		stops_with_ultravisor(followed ? 0 : number);
		assert_true(followed || says(words));
	}
}

static void test_hints_505(void **state) { (void)state; hints(505, "make the bundle again with pefboot-bundle create", flip_version); }
static void test_hints_506(void **state) { (void)state; hints(506, "the host changed it", flip_kernel); }
static void test_hints_507(void **state) { (void)state; hints(507, "the host changed it", flip_initrd); }
static void test_hints_508(void **state) { (void)state; hints(508, "the host changed it", flip_cmdline); }

/* What is wrong with the blob; then the bundle is sealed again. */
static void hints_blob(int number, const char *words, uint32_t magic, uint32_t size)
{
	start(NULL);
	age_tree();
	put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
	be32_store((void *)(IMAGE + BLOB_AT), magic);
	be32_store((void *)(IMAGE + BLOB_AT + 4), size);
	stops_with_ultravisor(number);
	assert_true(says(words));
	start(NULL);
	age_tree();
	put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
	put_good_blob();
	fake_guest.esm_code = 0;
	stops_with_ultravisor(0);
}

static void test_hints_349(void **state) { (void)state; hints_blob(349, "seal the boot bundle again", 0xfeed, 0x100); }
static void test_hints_350(void **state) { (void)state; hints_blob(350, "seal the boot bundle again", BLOB_MAGIC, ROOM + 1); }

static void crowd(uint64_t end)
{
	age_tree();
	put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
	be64_store(&manifest()->blob_room, BUNDLE_BLOB_MAX);
	be64_store(&manifest()->total_size, BLOB_AT + BUNDLE_BLOB_MAX);
	put_blob((uint8_t *)IMAGE + BLOB_AT, BUNDLE_BLOB_MAX, BUNDLE_BLOB_MAX);
	fdt_add_mem_rsv(fake_guest.tree, 0x10000, IMAGE - 0x10000);
	fdt_add_mem_rsv(fake_guest.tree, 0xd00000, end - 0xd00000);
}

/* A block of 2 MiB is needed, and what is left has none, or just one. */
static void test_sealed_no_place(void **state)
{
	crowd(0x1fa00000);
	stops_with_ultravisor(E_BLOB_PLACE);

	start(state);
	crowd(0x1f800000);
	wanted = (const uint8_t *)IMAGE + BLOB_AT;
	wanted_size = BUNDLE_BLOB_MAX;
	stops_with_ultravisor(E_ESM_REFUSED);
	assert_int_equal(handed.start, 0x1f800000);
}

/* More memory: a block where there was none. */
static void test_hints_408(void **state)
{
	(void)state;
	crowd(0x1fa00000);
	stops_with_ultravisor(408);
	assert_true(says("give the guest more memory (-m)"));
	start(NULL);
	crowd(0x1fa00000);
	guest_set(fake_guest.tree, "/memory@0", "reg", (const uint32_t[]){ 0, 0, 0, 0x40000000 }, 4);
	wanted = (const uint8_t *)IMAGE + BLOB_AT;
	wanted_size = BUNDLE_BLOB_MAX;
	stops_with_ultravisor(E_ESM_REFUSED);	/* what comes next: this one refuses */
}

/* Archives in front of an initrd that QEMU loaded. */
static uint64_t put_entry(uint8_t *archive, uint64_t at, const char *name, const void *data, uint64_t size)
{
	uint64_t names = strlen(name) + 1;
	char field[9];

	memset(archive + at, '0', 110);
	memcpy(archive + at, "070701", 6);
	snprintf(field, sizeof(field), "%08X", (uint32_t)size);
	memcpy(archive + at + 54, field, 8);
	snprintf(field, sizeof(field), "%08X", (uint32_t)names);
	memcpy(archive + at + 94, field, 8);
	memcpy(archive + at + 110, name, names);
	at = (at + 110 + names + 3) & ~3UL;
	if (size)
		memcpy(archive + at, data, size);
	return (at + size + 3) & ~3UL;
}

static uint8_t blob[0x12345];

/* As svm-tool does it; the size of the archive. */
static uint64_t put_archive(uint64_t start, uint64_t end, uint32_t size)
{
	uint8_t *to = (uint8_t *)start;
	uint64_t at = 0;
	void *tree = fake_guest.tree;

	memset(to, 0, end - start);
	put_blob(blob, size, sizeof(blob));
	at = put_entry(to, at, ".", NULL, 0);
	at = put_entry(to, at, "opt", NULL, 0);
	at = put_entry(to, at, "opt/ibm", NULL, 0);
	at = put_entry(to, at, "opt/ibm/pef", NULL, 0);
	at = put_entry(to, at, "opt/ibm/pef/blob", blob, sizeof(blob));
	at = put_entry(to, at, "TRAILER!!!", NULL, 0);
	at = ((start + at + 511) & ~511UL) - start;
	memset(to + at, 0x77, end - start - at);
	guest_set(tree, "/chosen", "linux,initrd-start", (uint32_t[]){ (uint32_t)start }, 1);
	guest_set(tree, "/chosen", "linux,initrd-end", (uint32_t[]){ (uint32_t)end }, 1);
	return at;
}

static void boots_archive(int want)
{
	int rc;

	fake_guest.ask_code = U_P2;
	fake_guest.meddle = look;
	guest_set(fake_guest.tree, "/chosen", "none", NULL, 0);
	guest_say("pefboot.kernel=any");
	rc = guest_boot();
	if (rc != want)
		print_error("%s", guest_console());
	assert_int_equal(rc, want);
}

static void test_sealed_archive(void **state)
{
	uint64_t size;

	/* it stays where it is: the ultravisor looks into the initrd itself */
	put_archive(0x2600000, 0x2700000, sizeof(blob));
	boots_archive(E_ESM_REFUSED);
	assert_int_equal(initrd_start, 0x2600000);
	assert_true(says(" blob=0x2600"));

	/* over a limit of 2 MiB, or at an address that it cannot stand: the blob moves, the initrd does not */
	for (uint64_t at = 0x25f0000; at <= 0x25fff00; at += 0xff00) {
		start(state);
		size = put_archive(at, 0x2700000, sizeof(blob));
		wanted = blob;
		wanted_size = sizeof(blob);
		boots_archive(E_ESM_REFUSED);
		assert_int_equal(initrd_start, at + size);
		assert_int_equal(*(const uint8_t *)initrd_start, 0x77);
	}
	start(state);
	size = put_archive(0x2600004, 0x2700000, sizeof(blob));
	wanted = blob;
	wanted_size = sizeof(blob);
	boots_archive(E_ESM_REFUSED);
	assert_int_equal(initrd_start, 0x2600004 + size);
	assert_int_equal(initrd_start % 512, 0);
}

static void test_sealed_archive_bad(void **state)
{
	static const uint32_t sizes[] = { sizeof(blob) + 1, 0xffffffff };

	for (size_t i = 0; i < 2; i++) {
		start(state);
		put_archive(0x2600000, 0x2700000, sizes[i]);
		boots_archive(E_BLOB_SIZE);
	}
	start(state);
	put_archive(0x2600000, 0x2700000, 16);
	boots_archive(E_BLOB);
	/* cut off in the blob: no entry, so no archive; behind it: no end */
	start(state);
	put_archive(0x2600000, 0x2700000, sizeof(blob));
	guest_set(fake_guest.tree, "/chosen", "linux,initrd-end", (uint32_t[]){ 0x2608000 }, 1);
	boots_archive(E_ESM_REFUSED);
	assert_false(says(" blob=0x"));
	start(state);
	put_archive(0x2600000, 0x2700000, sizeof(blob));
	guest_set(fake_guest.tree, "/chosen", "linux,initrd-end", (uint32_t[]){ 0x2600000 + 4 * 124 + 128 + sizeof(blob) + 3 }, 1);
	boots_archive(E_BLOB_SIZE);
	/* nothing behind it, where it has to move */
	start(state);
	guest_set(fake_guest.tree, "/chosen", "linux,initrd-end",
		  (uint32_t[]){ (uint32_t)(0x25f0000 + put_archive(0x25f0000, 0x2700000, sizeof(blob))) }, 1);
	boots_archive(E_BLOB);
}

/* A blob means that somebody wants a secure guest. */
static void test_sealed_needs_ultravisor(void **state)
{
	put_archive(0x2600000, 0x2700000, sizeof(blob));
	assert_int_equal(guest_boot(), E_NO_ULTRAVISOR);
	start(state);
	put_archive(0x2600000, 0x2700000, sizeof(blob));
	guest_say("pefboot.secure=off");
	assert_int_equal(guest_boot(), 0);
	assert_true(says("mode=normal secure=off"));
	start(state);
	age_tree();
	put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
	put_blob((uint8_t *)IMAGE + BLOB_AT, 0x1000, ROOM);
	stops(DOOR_KEXEC, E_NO_ULTRAVISOR);
	/* pefboot.secure=auto leaves it to the machine only where there is none */
	for (int sealed = 0; sealed < 2; sealed++) {
		static const char leave[] = "quiet pefboot.secure=auto";

		start(state);
		age_tree();
		put_bundle(BUNDLE_VERSION_BLOB, INITRD_SIZE);
		memcpy((void *)(IMAGE + CMDLINE_AT), leave, strlen(leave));
		put_part(BUNDLE_CMDLINE, CMDLINE_AT, strlen(leave));
		if (sealed)
			put_blob((uint8_t *)IMAGE + BLOB_AT, 0x1000, ROOM);
		stops(DOOR_KEXEC, sealed ? E_NO_ULTRAVISOR : 0);
	}
}

/* Other initrds are none, whatever they contain. */
static void test_sealed_archive_other(void **state)
{
	uint8_t *to = (uint8_t *)0x2600000;
	struct payload payload = { .initrd = { 0x2600000, 0x2700000 } };
	uint64_t seed = 5, at;

	(void)state;
	put_blob(blob, sizeof(blob), sizeof(blob));
	memset(to, 0, 0x100000);
	at = put_entry(to, 0, "init", "#!/bin/sh\n", 10);
	at = put_entry(to, at, "opt/ibm/pef/blob", blob, sizeof(blob));
	put_entry(to, at, "TRAILER!!!", NULL, 0);
	assert_int_equal(blob_find_archive(&payload), 0);
	assert_int_equal(range_size(payload.blob) + payload.archive, 0);
	memset(to, 0, 0x100000);
	at = put_entry(to, 0, "opt/ibm/pef/none", "#!/bin/sh\n", 10);
	put_entry(to, at, "TRAILER!!!", NULL, 0);
	assert_int_equal(blob_find_archive(&payload), 0);
	assert_int_equal(range_size(payload.blob) + payload.archive, 0);
	for (int i = 0; i < 3000; i++) {
		uint64_t size = put_archive(0x2600000, 0x2620000, 0x1000);
		int rc;

		for (uint64_t n = 1 + draw(&seed) % 4; n; n--)
			to[draw(&seed) % 700] = (uint8_t)(draw(&seed) % 2 ? '0' + draw(&seed) % 10 : draw(&seed));
		payload = (struct payload){ .initrd = { 0x2600000, 0x2600000 + draw(&seed) % (size + 1000) } };
		rc = blob_find_archive(&payload);
		assert_true(rc == 0 || rc == E_BLOB || rc == E_BLOB_SIZE);
		assert_true(rc || range_contains(payload.initrd, payload.blob) || range_size(payload.blob) == 0);
		assert_true(payload.archive <= range_size(payload.initrd) + 3);
	}
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sealed_no_blob), TEST(test_sealed_blob_is_handed_over), TEST(test_sealed_refused),
		TEST(test_sealed_bad_blob), TEST(test_sealed_host), TEST(test_sealed_kernel_laid_out),
		TEST(test_sealed_no_initrd), TEST(test_sealed_no_place), TEST(test_sealed_archive),
		TEST(test_sealed_archive_bad), TEST(test_sealed_needs_ultravisor), TEST(test_sealed_archive_other),
		TEST(test_hints_349), TEST(test_hints_350), TEST(test_hints_408), TEST(test_hints_505), TEST(test_hints_506),
		TEST(test_hints_507), TEST(test_hints_508),
	};

	return RUN(tests);
}
