// SPDX-License-Identifier: GPL-2.0-or-later
/* UV_ESM with an ESM blob, and UV_ESMB_GET_FILE. The blobs: tests/host/tools/esmblobs. */
#define _GNU_SOURCE	/* memmem() */
#include <bearssl_hash.h>

#include "abi/esm_blob.h"
#include "abi/hcalls.h"
#include "abi/pef.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "tests/host/fake/tree.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/calls/esm.h"
#include "ultravisor/calls/get_file.h"
#include "ultravisor/calls/handler.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/esm/files.h"
#include "ultravisor/esm/judge.h"
#include "ultravisor/esm/machine_key.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/options.h"

#define GUEST	    (8UL << 20)
#define RTAS	    0x100000UL
#define KBASE	    0x200000UL
#define KERNEL_SIZE 0x23456UL
#define FDT	    0x300000UL
#define INITRD	    0x400000UL
#define INITRD_SIZE 0x5001UL
#define BLOB	    0x500000UL
#define ROOM	    4096

static const uint8_t rtas_text[] = {
	0x7c, 0x64, 0x1b, 0x78, 0x3c, 0x60, 0x00, 0x00, 0x60, 0x63,
	0xf0, 0x00, 0x44, 0x00, 0x00, 0x22, 0x4e, 0x80, 0x00, 0x20,
};

/* Where the blob is, and what it is named by: none, both properties as u32 or u64, the initrd. */
enum how { NOWHERE, U32, U64, CPIO, HALF };

struct guest {
	const char *blob;		/* NAME.dtb */
	enum how how;
	uint64_t at;			/* blob, or initrd with it */
	enum esm_policy policy;
	bool keyless;
	uint64_t flip;			/* address of a byte with another last bit */
};

#define AT(name, way, where, ...) { .blob = name, .how = way, .at = where, ##__VA_ARGS__ }

static int64_t copy_page(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	(void)out;
	assert_int_equal(number, H_PAGE_INIT);
	memcpy(real(in[1]), real(in[2]), 4096);
	return H_SUCCESS;
}

/* As pattern() of tests/host/tools/esmblobs. */
static uint8_t pattern(uint64_t i, uint64_t seed)
{
	return (uint8_t)(i * i + (i >> 3) + seed);
}

static void put_pattern(uint64_t gpa, uint64_t size, uint64_t seed)
{
	static uint8_t bytes[KERNEL_SIZE];

	for (uint64_t i = 0; i < size; i++)
		bytes[i] = pattern(i, seed);
	assert_true(guest_write(gpa, bytes, size));
}

static void put_address(void *tree, int node, const char *name, uint64_t value, bool wide)
{
	assert_int_equal(wide ? fdt_setprop_u64(tree, node, name, value) :
				fdt_setprop_u32(tree, node, name, (uint32_t)value), 0);
}

static uint64_t put_blob(const struct guest *guest)
{
	char name[40];
	uint64_t size;
	void *blob;

	snprintf(name, sizeof(name), "esm/%s", guest->blob);
	blob = tree_read(name, 0);
	size = be32_load(blob) == FDT_MAGIC ? fdt_totalsize(blob) : 3584;
	if (guest->at <= GUEST - size)
		assert_true(guest_write(guest->at, blob, size));
	free(blob);
	return size;
}

static void put_tree(const struct guest *guest, uint64_t blob_size)
{
	uint64_t initrd = guest->how == CPIO ? guest->at + blob_size : INITRD;
	const fdt32_t capacity[5] = { [4] = cpu_to_fdt32(4) };
	void *tree = tree_read("pseries", ROOM);
	bool wide = guest->how == U64;
	int chosen, node;

	assert_int_equal(fdt_open_into(tree, tree, (int)fdt_totalsize(tree) + ROOM), 0);
	while (fdt_num_mem_rsv(tree) > 0)
		assert_int_equal(fdt_del_mem_rsv(tree, 0), 0);
	chosen = fdt_path_offset(tree, "/chosen");
	put_address(tree, chosen, "linux,initrd-end", initrd + INITRD_SIZE, wide);
	put_address(tree, chosen, "linux,initrd-start", guest->how == CPIO ? guest->at : initrd,
		    wide);
	if (guest->how == U32 || guest->how == U64 || guest->how == HALF)
		put_address(tree, chosen, "linux,esm-blob-start", guest->at, wide);
	if (guest->how == U32 || guest->how == U64)
		put_address(tree, chosen, "linux,esm-blob-end", guest->at + blob_size, wide);
	node = fdt_path_offset(tree, "/rtas");
	assert_int_equal(fdt_setprop_u32(tree, node, "linux,rtas-base", RTAS), 0);
	assert_int_equal(fdt_setprop_u32(tree, node, "slof,rtas-size", sizeof(rtas_text)), 0);
	assert_int_equal(fdt_setprop(tree, node, "ibm,lrdr-capacity", capacity, sizeof(capacity)),
			 0);
	node = fdt_path_offset(tree, "/memory@0");
	assert_int_equal(fdt_setprop_u64(tree, node, "reg", 0), 0);
	assert_int_equal(fdt_appendprop_u64(tree, node, "reg", GUEST), 0);
	assert_true(guest_write(FDT, tree, fdt_totalsize(tree)));
	free(tree);
	put_pattern(initrd, INITRD_SIZE, 2);
}

static void read_key(bool keyless)
{
	uint8_t der[MACHINE_KEY_DER_MAX];
	FILE *file = fopen("tests/host/data/esm/machine-key.der", "rb");
	size_t size;

	assert_non_null(file);
	size = fread(der, 1, sizeof(der), file);
	fclose(file);
	assert_true(keyless == !!machine_key_read(der, keyless ? 0 : size));
}

static int64_t go_secure(const struct guest *guest)
{
	uint64_t size = 0;

	fake_reset();
	fake_uv_reset(GUEST);
	fake.hcall = copy_page;
	log_init("ultravisor", 0);
	uv_options.esm = guest->policy;
	read_key(guest->keyless);
	if (guest->blob)
		size = put_blob(guest);
	put_tree(guest, size);
	put_pattern(KBASE, KERNEL_SIZE, 1);
	assert_true(guest_write(RTAS, rtas_text, sizeof(rtas_text)));
	if (guest->flip)
		*(uint8_t *)real(guest->flip) ^= 1;
	GPR(&vcpus[0], 4) = KBASE;
	GPR(&vcpus[0], 5) = FDT;
	return uv_esm(&vcpus[0]);
}

static void check_log(const char *text)
{
	if (!strstr(fake.console, text))
		fail_msg("\"%s\" is not in the log:\n%s", text, fake.console);
}

/* The blob's key, the bytes 0 to 31, is nowhere in the ultravisor or in normal memory. */
static void check_wiped(void)
{
	uint8_t key[ESM_KEY_SIZE];
	const struct blob *blob = files_take();
	static const struct blob empty;

	assert_memory_equal(blob, &empty, sizeof(empty));
	for (int i = 0; i < ESM_KEY_SIZE; i++)
		key[i] = (uint8_t)i;
	assert_null(memmem(fake_uv.arena, platform.slots, key, sizeof(key)));
}

static void test_matches(void **state)
{
	static const struct guest guests[] = {
		AT("good", U32, BLOB, .policy = ESM_WITH_BLOB),
		AT("good", U64, BLOB, .policy = ESM_ENFORCE),
		AT("good", U32, BLOB + 4, .policy = ESM_ENFORCE),
		AT("good", U32, 0x600000 - 2677, .policy = ESM_ENFORCE),
		AT("archive", CPIO, INITRD, .policy = ESM_ENFORCE),
		AT("magic", CPIO, INITRD + 0x10000, .policy = ESM_ENFORCE),
		AT("full", U32, BLOB, .policy = ESM_ENFORCE),
		AT("over", U32, BLOB, .policy = ESM_ENFORCE),
		AT("64k", U32, BLOB, .policy = ESM_ENFORCE),
		AT("bare", U32, BLOB, .policy = ESM_WARN),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++) {
		assert_int_equal(go_secure(&guests[i]), UV_ENTERED);
		check_log("esm=match rtas=yes kernel=yes initrd=yes bootargs=yes");
		check_log(guests[i].how == CPIO ? "esm=blob from=initrd" : "esm=blob from=tree");
		check_wiped();
	}
}

/* It is said where the blob is, to the byte. */
static void test_places(void **state)
{
	static const struct guest tree = AT("good", U32, BLOB + 4), initrd = AT("archive", CPIO, INITRD);

	(void)state;
	assert_int_equal(go_secure(&tree), UV_ENTERED);
	check_log("esm=blob from=tree range=0x500004+0xa75 files=yes");
	assert_int_equal(go_secure(&initrd), UV_ENTERED);
	check_log("+0xa75 files=yes");
}

static void match_bootargs(const char *text, int size, const char *says)
{
	struct owners_word word = { 0 };
	br_sha512_context sha;
	bool matched;
	int chosen = fdt_path_offset(platform.tree, "/chosen");

	br_sha512_init(&sha);
	br_sha512_out(&sha, word.digests.bootargs);
	if (text)
		assert_int_equal(fdt_setprop(platform.tree, chosen, "bootargs", text, size), 0);
	else
		fdt_delprop(platform.tree, chosen, "bootargs");
	fake.console_size = 0;
	memset(fake.console, 0, sizeof(fake.console));
	judge_match(&word, platform.tree, KBASE, &matched);
	check_log(says);
	assert_false(matched);
}

/* A command line of no bytes is one; no property, or one without even a NUL, is none. */
static void test_empty_bootargs(void **state)
{
	static const struct guest guest = AT("good", U32, BLOB);

	(void)state;
	assert_int_equal(go_secure(&guest), UV_ENTERED);
	assert_int_equal(fdt_open_into(platform.tree, platform.tree, TREE_SPACE), 0);
	match_bootargs("", 1, "bootargs=yes");
	match_bootargs("a", 2, "bootargs=no");
	match_bootargs("", 0, "bootargs=no");
	match_bootargs(NULL, 0, "bootargs=no");
}

/* Each of them is refused, and goes on as before, unless uv.esm=warn: then it is said only. */
static void test_mismatches(void **state)
{
	static const struct {
		struct guest guest;
		const char *says;
	} cases[] = {
		{ AT("wrong-rtas", U32, BLOB), "rtas=no kernel=yes initrd=yes bootargs=yes" },
		{ AT("wrong-kernel", U32, BLOB), "rtas=yes kernel=no initrd=yes bootargs=yes" },
		{ AT("wrong-initrd", U32, BLOB), "rtas=yes kernel=yes initrd=no bootargs=yes" },
		{ AT("wrong-bootargs", U32, BLOB), "rtas=yes kernel=yes initrd=yes bootargs=no" },
		{ AT("wrong-far", U32, BLOB), "rtas=yes kernel=no initrd=yes bootargs=yes" },
		{ AT("digests-short", U32, BLOB), "the digests lack" },
		{ AT("digests-size", U32, BLOB), "the digests lack" },
		{ AT("digests-none", U32, BLOB), "the digests lack" },
		{ AT("digests-text", U32, BLOB), "the digests are no tree" },
		{ AT("digests-cut", U32, BLOB), "the digests are no tree" },
		{ AT("digests-nothing", U32, BLOB), "the digests are no tree" },
		{ AT("digests-large", U32, BLOB), "the digests do not decrypt" },
		{ AT("unmagic", U32, BLOB), "the blob is no tree" },
		{ AT("good", U32, GUEST - 100), "name no memory" },
		{ AT("good", U64, 0xffffffffffffff00), "name no memory" },
		{ AT("good", U32, 0x600000 - 2676), "crosses a 2 MiB boundary" },
		{ AT("archive", CPIO, 0x600000 - 3072), "does not end within 2 MiB" },
		{ AT("good", U32, BLOB, .keyless = true), "this machine has no key" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guest guest = cases[i].guest;
		uint8_t byte;

		if (go_secure(&guest) != H_PARAMETER)
			fail_msg("%s: not refused: %s", guest.blob, cases[i].says);
		check_log(cases[i].says);
		check_log("esm=abort phase=digest");
		assert_false(platform.secure);
		assert_true(guest_read(&byte, KBASE + 5, 1));
		assert_int_equal(byte, pattern(5, 1));
		check_wiped();
		guest.policy = ESM_WARN;
		assert_int_equal(go_secure(&guest), UV_ENTERED);
		check_log(cases[i].says);
		check_log("esm=warn why=");
		check_wiped();
		guest.policy = ESM_OFF;
		assert_int_equal(go_secure(&guest), UV_ENTERED);
	}
}

/* A guest without one goes secure, unless one is demanded. */
static void test_no_blob(void **state)
{
	static const struct guest guests[] = {
		AT(NULL, NOWHERE, 0), AT("good", HALF, BLOB), AT("elsewhere", CPIO, INITRD),
		AT("unmagic", CPIO, INITRD),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++) {
		struct guest guest = guests[i];

		assert_int_equal(go_secure(&guest), UV_ENTERED);
		assert_null(strstr(fake.console, "esm=blob"));
		guest.policy = ESM_ENFORCE;
		assert_int_equal(go_secure(&guest), H_PARAMETER);
		check_log("why=\"there is no ESM blob\"");
		guest.policy = ESM_WARN;
		assert_int_equal(go_secure(&guest), UV_ENTERED);
		check_log("esm=warn why=\"there is no ESM blob\"");
	}
}

/* One bit of what is measured, in memory, after the blob was made. */
static void test_changed(void **state)
{
	static const uint64_t at[] = { KBASE, KBASE + KERNEL_SIZE - 1, INITRD,
				       INITRD + INITRD_SIZE - 1, RTAS, RTAS + 19 };
	static const uint64_t beside[] = { KBASE - 1, KBASE + KERNEL_SIZE, INITRD - 1,
					   INITRD + INITRD_SIZE, RTAS + 20 };

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		const struct guest guest = AT("good", U32, BLOB, .flip = at[i]);

		assert_int_equal(go_secure(&guest), H_PARAMETER);
	}
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		const struct guest guest = AT("good", U32, BLOB, .flip = beside[i]);

		assert_int_equal(go_secure(&guest), UV_ENTERED);
	}
}

static struct vcpu *cpu = &vcpus[0];

static int64_t get(const char *name, uint64_t offset, uint64_t pid)
{
	char padded[ESM_FILE_NAME] = { 0 };

	strncpy(padded, name, sizeof(padded));
	cpu->hv.pidr = pid;
	GPR(cpu, 4) = offset;
	for (int i = 0; i < 8; i++)
		GPR(cpu, 5 + i) = be64_load(padded + 8 * i);
	return uv_esmb_get_file(cpu);
}

/* r4..r11 are @count bytes of the pattern from @offset on, and zeros. */
static void check_chunk(uint64_t seed, uint64_t offset, int count)
{
	for (int i = 0; i < ESM_FILE_CHUNK; i++) {
		uint8_t byte = (uint8_t)(GPR(cpu, 4 + i / 8) >> (56 - 8 * (i % 8)));

		assert_int_equal(byte, i < count ? pattern(offset + (uint64_t)i, seed) : 0);
	}
}

/* What was decrypted is nowhere in the ultravisor or in normal memory, and the guest's own memory has it sealed. */
static void check_not_kept(uint64_t seed, uint64_t offset, int count)
{
	uint8_t bytes[ESM_FILE_CHUNK];

	for (int i = 0; i < count; i++)
		bytes[i] = pattern(offset + (uint64_t)i, seed);
	assert_null(memmem(fake_uv.arena, platform.memory, bytes, (size_t)count));
}

/* esm.md's table, in its order. */
static void test_get_file(void **state)
{
	static const struct guest guest = AT("good", U32, BLOB);

	(void)state;
	assert_int_equal(go_secure(&guest), UV_ENTERED);
	for (uint64_t at = 0; at < 192; at += 64) {
		assert_int_equal(get("long", at, 7), 64);
		check_chunk(4, at, 64);
	}
	assert_int_equal(get("long", 192, 8), U_PARAMETER);	/* somebody else */
	assert_int_equal(get("long", 191, 7), U_PARAMETER);	/* again */
	assert_int_equal(get("long", 192, 7), 8);
	check_chunk(4, 192, 8);
	check_not_kept(4, 192, 8);
	assert_int_equal(get("long", 200, 7), 0);
	assert_int_equal(GPR(cpu, 4), 200);			/* as they were */
	assert_int_equal(GPR(cpu, 5) >> 32, 0x6c6f6e67);
	assert_int_equal(get("long", 5000, 7), 0);
	assert_int_equal(get("long", 4999, 7), U_PARAMETER);	/* the end moved there */
	assert_int_equal(get("rootd", 10, 9), 54);		/* skipping ahead */
	check_chunk(3, 10, 54);
	assert_int_equal(get("empty", 0, 9), 0);
	assert_int_equal(get("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 0, 9), 1);
	check_chunk(5, 0, 1);
	assert_int_equal(get("missing", 0, 1), -FDT_ERR_NOTFOUND);
	assert_int_equal(get("missing", 0, 2), U_PARAMETER);	/* has a reader */
	assert_int_equal(get("", 0, 1), U_PARAMETER);
	assert_int_equal(get("rootd", 65535, 9), 0);
	assert_null(strstr(fake.console, "real=machine-down"));
	assert_int_equal(get("rootd", 65536, 9), U_PARAMETER);
	check_log("real=machine-down");
}

static void test_get_file_without(void **state)
{
	static const struct guest none = AT(NULL, NOWHERE, 0);
	static const struct guest bare = AT("bare", U32, BLOB);
	static const struct guest over = AT("over", U32, BLOB);
	static const struct guest full = AT("full", U32, BLOB);

	(void)state;
	assert_int_equal(go_secure(&none), UV_ENTERED);
	assert_int_equal(get("rootd", 0, 1), -FDT_ERR_BADMAGIC);
	platform.secure = false;
	assert_int_equal(get("rootd", 0, 1), U_PARAMETER);
	assert_int_equal(go_secure(&bare), UV_ENTERED);
	assert_int_equal(get("rootd", 0, 1), -FDT_ERR_BADMAGIC);
	assert_int_equal(go_secure(&over), UV_ENTERED);
	check_log("files=no");
	assert_int_equal(get("big", 0, 1), -FDT_ERR_BADMAGIC);
	assert_int_equal(go_secure(&full), UV_ENTERED);
	check_log("files=yes");
	assert_int_equal(get("big", 0x8000, 1), 64);
	check_chunk(6, 0x8000, 64);
}

/* The two frames are the guest's: where they are, the reservations say. */
static void find_frames(uint64_t *keys, uint64_t *files)
{
	static uint8_t frame[FRAME_SIZE], key[ESM_KEY_SIZE];

	*keys = *files = 0;
	for (int i = 0; i < ESM_KEY_SIZE; i++)
		key[i] = (uint8_t)i;
	for (uint64_t at = FRAME_SIZE; at < GUEST; at += FRAME_SIZE) {
		if (at / FRAME_SIZE == BLOB / FRAME_SIZE)
			continue;
		assert_true(guest_read(frame, at, sizeof(frame)));
		if (memcmp(frame, key, sizeof(key)) == 0 && be32_load(frame + 4096) == FDT_MAGIC)
			*keys = at;
		else if (be32_load(frame) == FDT_MAGIC && at != FDT / FRAME_SIZE * FRAME_SIZE)
			*files = at;
	}
	assert_true(*keys && *files);
	assert_int_equal(pages_get(&pages, *keys / FRAME_SIZE), PAGE_SECURE);
	assert_int_equal(pages_get(&pages, *files / FRAME_SIZE), PAGE_SECURE);
}

static void test_frames(void **state)
{
	static const struct guest guest = AT("good", U32, BLOB);
	static uint8_t was[FRAME_SIZE], noise[FRAME_SIZE];
	uint64_t keys, files, seed = 0x2545f4914f6cdd1d;
	uint8_t byte;

	(void)state;
	assert_int_equal(go_secure(&guest), UV_ENTERED);
	find_frames(&keys, &files);
	assert_true(guest_read(&byte, keys + 31, 1));
	byte ^= 1;
	assert_true(guest_write(keys + 31, &byte, 1));
	assert_int_equal(get("rootd", 0, 1), U_PARAMETER);	/* another key: the MAC is wrong */
	byte ^= 1;
	assert_true(guest_write(keys + 31, &byte, 1));
	assert_int_equal(get("rootd", 0, 1), 64);
	/* all of the tree is looked at, not just the way to the file: here it has no end */
	assert_true(guest_read(was, files, sizeof(was)));
	memcpy(noise, was, sizeof(was));
	be32_store(noise + fdt_off_dt_struct(noise) + fdt_size_dt_struct(noise) - 4, FDT_NOP);
	assert_true(guest_write(files, noise, sizeof(noise)));
	assert_int_equal(get("long", 0, 1), -FDT_ERR_BADSTRUCTURE);
	assert_true(guest_write(files, was, sizeof(was)));
	/* a guest may put there what it likes: an answer comes, and nothing else happens */
	assert_true(guest_read(was, files, sizeof(was)));
	for (int run = 0; run < 3000; run++) {
		char name[8];

		memcpy(noise, was, sizeof(was));
		for (int i = 0; i < 4; i++)
			noise[draw(&seed) % 1024] = (uint8_t)draw(&seed);
		assert_true(guest_write(files, noise, 1024));
		snprintf(name, sizeof(name), "%d", run % 50);
		get(run % 2 ? "long" : name, 0, 1);
	}
}

/* What the guest had in these frames is gone, where all of its memory is brought in. */
static void test_frames_are_cleared(void **state)
{
	static const struct guest guest = AT("good", U32, BLOB);
	uint64_t place[2];

	(void)state;
	assert_int_equal(go_secure(&guest), UV_ENTERED);
	find_frames(&place[0], &place[1]);
	for (int i = 0; i < 2; i++) {
		for (uint64_t at = 8; at < FRAME_SIZE; at += SMALL_PAGE) {
			const struct guest dirty = AT(NULL, NOWHERE, 0, .flip = place[i] + at);
			uint8_t byte;

			assert_int_equal(go_secure(&dirty), UV_ENTERED);
			assert_true(guest_read(&byte, place[i] + at, 1));
			assert_int_equal(byte, 0);
		}
	}
}

/* There are only so many names. */
static void test_many_names(void **state)
{
	static const struct guest guest = AT("good", U32, BLOB);
	char name[32];
	int i = 0;

	(void)state;
	assert_int_equal(go_secure(&guest), UV_ENTERED);
	assert_int_equal(get("rootd", 0, 1), 64);
	for (; i < 1000; i++) {
		snprintf(name, sizeof(name), "name-%d", i);
		if (get(name, 0, 1) == U_RETRY)
			break;
	}
	assert_int_equal(i, 63);
	assert_int_equal(get("rootd", 64, 1), 0);
}

/*
 * The whole way, from where the tree says to the last digest, with random changes to the blob:
 * UV_FUZZ_RUNS of them. Nothing matches but what changed where nothing is protected.
 */
static void test_random(void **state)
{
	static const struct guest guest = AT("good", U32, BLOB);
	const char *text = getenv("UV_FUZZ_RUNS");
	unsigned long runs = text ? strtoul(text, NULL, 0) : 100, opened = 0, matched = 0;
	uint8_t *good = tree_read("esm/good", 0), copy[4096];
	uint32_t size = fdt_totalsize(good);
	uint64_t seed = 0xd1342543de82ef95;

	(void)state;
	assert_int_equal(go_secure(&guest), UV_ENTERED);
	for (unsigned long run = 0; run < runs; run++) {
		struct owners_word word;
		bool match = false;
		const char *why;

		memcpy(copy, good, size);
		for (uint64_t left = draw(&seed) % 3 + 1; left; left--) {
			uint64_t at = draw(&seed) % size;

			if (draw(&seed) % 4)
				copy[at] ^= (uint8_t)(1 << draw(&seed) % 8);
			else
				be32_store(copy + at / 4 * 4, (uint32_t)draw(&seed) % 5000);
		}
		assert_true(guest_write(BLOB, copy, size));
		fake.console[0] = '\0';
		fake.console_size = 0;
		why = judge_open(&word, platform.tree);
		assert_int_equal(!why, word.opened);
		if (word.opened)
			why = judge_match(&word, platform.tree, KBASE, &match);
		assert_int_equal(!why, match);
		opened += word.opened;
		matched += match;
	}
	files_drop();
	print_message("%lu runs, %lu opened, %lu matched\n", runs, opened, matched);
	free(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_matches), TEST(test_mismatches), TEST(test_no_blob), TEST(test_changed),
		TEST(test_get_file), TEST(test_get_file_without), TEST(test_frames), TEST(test_places),
		TEST(test_empty_bootargs), TEST(test_frames_are_cleared),
		TEST(test_many_names), TEST(test_random),
	};

	return RUN(tests);
}
