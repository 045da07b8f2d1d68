// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/trial/overlay: what an overlay makes of a tree, and that no overlay breaks the ultravisor. */
#include "fdt/read.h"
#include "tests/host/fake/tree.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/evil.h"
#include "ultravisor/trial/options.h"
#include "ultravisor/trial/overlay.h"

#define GUEST (8UL << 20)
#define FDT   0x300000UL
#define SIZE  4096
#define SPACE 65536
#define BLOB  (GUEST + (16UL << 20))	/* in the ultravisor's own memory */

static uint8_t blob[SIZE];
static uint8_t tree[SPACE] __attribute__((aligned(8)));

/* An overlay with one fragment for @path, up to the properties of its content. */
static void begin_overlay(const char *path)
{
	assert_int_equal(fdt_create(blob, sizeof(blob)), 0);
	assert_int_equal(fdt_finish_reservemap(blob), 0);
	assert_int_equal(fdt_begin_node(blob, ""), 0);
	assert_int_equal(fdt_begin_node(blob, "fragment@0"), 0);
	if (path)
		assert_int_equal(fdt_property_string(blob, "target-path", path), 0);
	assert_int_equal(fdt_begin_node(blob, "__overlay__"), 0);
}

static void add_list(const char *name, const char *list, int size)
{
	assert_int_equal(fdt_property(blob, name, list, size), 0);
}

static void end_overlay(void)
{
	for (int i = 0; i < 3; i++)
		assert_int_equal(fdt_end_node(blob), 0);
	assert_int_equal(fdt_finish(blob), 0);
}

static int keep(void)
{
	memcpy(real(BLOB), blob, sizeof(blob));
	return overlay_keep(BLOB, fdt_totalsize(blob));
}

/* A small tree: / { a = "1"; b = "2"; x@0 { }; y { p = "3"; }; z { }; }; */
static void put_small_tree(void)
{
	static const char *const nodes[] = { "x@0", "y", "z" };

	assert_int_equal(fdt_create(tree, sizeof(tree)), 0);
	assert_int_equal(fdt_finish_reservemap(tree), 0);
	assert_int_equal(fdt_begin_node(tree, ""), 0);
	assert_int_equal(fdt_property_string(tree, "a", "1"), 0);
	assert_int_equal(fdt_property_string(tree, "b", "2"), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(fdt_begin_node(tree, nodes[i]), 0);
		if (i == 1)
			assert_int_equal(fdt_property_string(tree, "p", "3"), 0);
		assert_int_equal(fdt_end_node(tree), 0);
	}
	assert_int_equal(fdt_end_node(tree), 0);
	assert_int_equal(fdt_finish(tree), 0);
}

/* The names of a node's properties and children, in their order. */
static const char *names(int node)
{
	static char text[256];
	int at, used = 0;

	fdt_for_each_property_offset(at, tree, node) {
		const char *name = "?";

		assert_non_null(fdt_getprop_by_offset(tree, at, &name, NULL));
		used += snprintf(text + used, sizeof(text) - (size_t)used, "%s ", name);
	}
	fdt_for_each_subnode(at, tree, node)
		used += snprintf(text + used, sizeof(text) - (size_t)used, "%s/ ", fdt_get_name(tree, at, NULL));
	return text;
}

static int apply(struct overlay_done *done)
{
	end_overlay();
	put_small_tree();
	assert_int_equal(keep(), 0);
	return overlay_apply(done, tree, sizeof(tree), false);
}

#define LIST(text) text, sizeof(text)

static void test_edits(void **state)
{
	static const struct {
		const char *edit, *list;
		int size, count;
		const char *want;
	} cases[] = {
		{ NULL, NULL, 0, 0, "new a b x@0/ y/ z/ " },
		{ "uv-evil,delete", LIST("a\0y/"), 2, "new b x@0/ z/ " },
		{ "uv-evil,first", LIST("b\0z/"), 2, "b new a z/ x@0/ y/ " },
		{ "uv-evil,last", LIST("new\0x@0/"), 2, "a b new y/ z/ x@0/ " },
		{ "uv-evil,rename", LIST("new\0a\0z/\0x@0/"), 2, "a a b x@0/ y/ x@0/ " },
		{ "uv-evil,rename", LIST("y/\0longer-than-it-was"), 1, "new a b x@0/ longer-than-it-was/ z/ " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct overlay_done done;

		fake_uv_reset(GUEST);
		begin_overlay("/");
		assert_int_equal(fdt_property_string(blob, "new", "4"), 0);
		if (cases[i].edit)
			add_list(cases[i].edit, cases[i].list, cases[i].size);
		assert_int_equal(apply(&done), 0);
		assert_int_equal(done.edits, cases[i].count);
		assert_int_equal(done.fragments, 1);
		assert_string_equal(names(0), cases[i].want);
		assert_int_equal(dt_check(tree, sizeof(tree)), 0);
	}
}

/* What was moved and renamed keeps its contents. */
static void test_contents_stay(void **state)
{
	struct overlay_done done;

	(void)state;
	fake_uv_reset(GUEST);
	begin_overlay("/");
	add_list("uv-evil,first", LIST("y/\0b"));
	add_list("uv-evil,rename", LIST("y/\0chosen@0\0a\0b"));
	assert_int_equal(apply(&done), 0);
	assert_string_equal(names(0), "b b chosen@0/ x@0/ z/ ");
	assert_string_equal(dt_string(tree, 0, "b"), "2");
	assert_string_equal(dt_string(tree, fdt_path_offset(tree, "/chosen"), "p"), "3");
}

static void test_wrong(void **state)
{
	static const struct {
		const char *path, *edit, *list;
		int size, frc;
		const char *where;
	} cases[] = {
		{ "/none", NULL, NULL, 0, -FDT_ERR_NOTFOUND, "target-path" },
		{ "/", "uv-evil,delete", LIST("c"), -FDT_ERR_NOTFOUND, "c" },
		{ "/", "uv-evil,delete", LIST("a/"), -FDT_ERR_NOTFOUND, "a/" },
		{ "/", "uv-evil,first", "", 0, -FDT_ERR_BADVALUE, "uv-evil,first" },
		{ "/", "uv-evil,first", LIST(""), -FDT_ERR_NOTFOUND, "" },
		{ "/", "uv-evil,last", "abc", 3, -FDT_ERR_BADVALUE, "uv-evil,last" },
		{ "/", "uv-evil,rename", LIST("a"), -FDT_ERR_BADVALUE, "a" },
		{ "/y", "uv-evil,nonsense", LIST("a"), -FDT_ERR_BADVALUE, "uv-evil,nonsense" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct overlay_done done;

		fake_uv_reset(GUEST);
		begin_overlay(cases[i].path);
		if (cases[i].edit)
			add_list(cases[i].edit, cases[i].list, cases[i].size);
		assert_int_equal(apply(&done), cases[i].frc);
		assert_string_equal(done.where, cases[i].where);
	}
}

/*
 * Nothing is read in front of a list that is empty: the offset of its name stands there, whose last byte is made 0, as
 * the end of a list would be.
 */
static void test_empty_list(void **state)
{
	static char filler[250] = { [0 ... 248] = 'f' };
	struct overlay_done done;

	(void)state;
	fake_uv_reset(GUEST);
	begin_overlay("/");
	add_list("uv-evil,first", "", 0);
	end_overlay();
	put_small_tree();
	assert_int_equal(fdt_open_into(tree, tree, sizeof(tree)), 0);
	assert_int_equal(fdt_setprop(tree, 0, filler, "", 0), 0);
	assert_int_equal(fdt_size_dt_strings(tree), 256);
	assert_int_equal(keep(), 0);
	assert_int_equal(overlay_apply(&done, tree, sizeof(tree), false), -FDT_ERR_BADVALUE);
	assert_string_equal(done.where, "uv-evil,first");
}

/* It has at most 1024 bytes. */
static void test_long_list(void **state)
{
	static char list[1025];

	(void)state;
	for (int size = 1024; size <= 1025; size++) {
		struct overlay_done done;

		for (int at = 0; at + 1 < size; at += 2)
			list[at] = 'a';
		fake_uv_reset(GUEST);
		begin_overlay("/");
		add_list("uv-evil,first", list, size);
		assert_int_equal(apply(&done), size == 1024 ? 0 : -FDT_ERR_BADVALUE);
		assert_int_equal(done.edits, size == 1024 ? 512 : 0);
	}
}

static void test_none(void **state)
{
	(void)state;
	fake_uv_reset(GUEST);
	assert_int_equal(overlay_keep(platform.memory - 8, 16), -FDT_ERR_NOSPACE);
	assert_int_equal(overlay_keep(UINT64_MAX, 16), -FDT_ERR_NOSPACE);
	assert_int_equal(overlay_keep(0, UINT64_MAX), -FDT_ERR_NOSPACE);
	assert_int_equal(overlay_keep(0, TREE_SPACE + 1), -FDT_ERR_NOSPACE);
	assert_int_equal(overlay_keep(0, TREE_SPACE), -FDT_ERR_BADMAGIC);
	begin_overlay(NULL);
	end_overlay();
	assert_int_equal(keep(), -FDT_ERR_BADPATH);
	put_small_tree();
	memcpy(blob, tree, sizeof(blob));
	assert_int_equal(keep(), -FDT_ERR_BADOVERLAY);
	memset(blob, 0, sizeof(blob));
	fdt_set_totalsize(blob, 64);
	assert_int_equal(keep(), -FDT_ERR_BADMAGIC);
}

/* One that refers to labels: no tree of QEMU's has any. */
static void test_fixups(void **state)
{
	(void)state;
	fake_uv_reset(GUEST);
	begin_overlay("/");
	for (int i = 0; i < 2; i++)
		assert_int_equal(fdt_end_node(blob), 0);
	assert_int_equal(fdt_begin_node(blob, "__fixups__"), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(fdt_end_node(blob), 0);
	assert_int_equal(fdt_finish(blob), 0);
	assert_int_equal(keep(), -FDT_ERR_NOTFOUND);
}

/* A node beside them is none. */
static void test_no_fragment(void **state)
{
	struct overlay_done done;

	(void)state;
	fake_uv_reset(GUEST);
	begin_overlay("/");
	for (int i = 0; i < 2; i++)
		assert_int_equal(fdt_end_node(blob), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(fdt_begin_node(blob, i ? "inner" : "__local_fixups__"), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(fdt_end_node(blob), 0);
	assert_int_equal(fdt_finish(blob), 0);
	put_small_tree();
	assert_int_equal(keep(), 0);
	assert_int_equal(overlay_apply(&done, tree, sizeof(tree), false), 0);
	assert_int_equal(done.fragments, 1);
}

/* Each time has its fragments; with none for it nothing happens to the tree. */
static void test_after(void **state)
{
	struct overlay_done done;

	(void)state;
	fake_uv_reset(GUEST);
	begin_overlay("/");
	assert_int_equal(fdt_property(blob, "uv-evil,after", "", 0), 0);
	assert_int_equal(fdt_property_string(blob, "new", "4"), 0);
	assert_int_equal(apply(&done), 0);
	assert_int_equal(done.fragments, 0);
	assert_string_equal(names(0), "a b x@0/ y/ z/ ");
	assert_int_equal(overlay_apply(&done, tree, sizeof(tree), true), 0);
	assert_int_equal(done.fragments, 1);
	assert_string_equal(names(0), "new a b x@0/ y/ z/ ");
}

/* Broken in any way it is refused, or does something; ASan sees what it must not do. */
static void test_broken(void **state)
{
	uint64_t seed = 15, runs = getenv("UV_FUZZ_RUNS") ? strtoull(getenv("UV_FUZZ_RUNS"), NULL, 0) : 3000;
	uint8_t good[SIZE];
	unsigned int applied = 0;

	(void)state;
	fake_uv_reset(GUEST);
	begin_overlay("/y");
	assert_int_equal(fdt_property_u32(blob, "phandle", 1), 0);
	add_list("uv-evil,delete", LIST("p"));
	add_list("uv-evil,last", LIST("new"));
	add_list("uv-evil,rename", LIST("new\0q\0inner/\0p/"));
	assert_int_equal(fdt_property_string(blob, "new", "4"), 0);
	assert_int_equal(fdt_begin_node(blob, "inner"), 0);
	assert_int_equal(fdt_end_node(blob), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(fdt_end_node(blob), 0);
	assert_int_equal(fdt_begin_node(blob, "__local_fixups__"), 0);
	assert_int_equal(fdt_property_u32(blob, "new", 0), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(fdt_end_node(blob), 0);
	assert_int_equal(fdt_finish(blob), 0);
	memcpy(good, blob, SIZE);
	for (uint64_t i = 0; i < runs; i++) {
		struct overlay_done done;
		int flips = 1 + (int)(draw(&seed) % 3);

		memcpy(blob, good, SIZE);
		while (flips--)
			blob[draw(&seed) % fdt_totalsize(good)] ^= (uint8_t)(1 << draw(&seed) % 8);
		platform.own_used = GUEST + (20UL << 20);
		memcpy(real(BLOB), blob, SIZE);
		if (overlay_keep(BLOB, fdt_totalsize(good)))
			continue;
		put_small_tree();
		if (overlay_apply(&done, tree, sizeof(tree), false) == 0)
			applied++;
		else
			assert_non_null(done.where);
	}
	assert_true(applied > runs / 50);
}

static void ask(uint32_t slack)
{
	char rest[64], words[64];
	void *guests;

	fake_reset();
	fake_uv_reset(GUEST);
	end_overlay();
	snprintf(words, sizeof(words), "uv.evil=overlay:%#lx+%u", BLOB, fdt_totalsize(blob));
	assert_null(uv_options_parse(words, rest, sizeof(rest)));
	assert_int_equal(uv_options.overlay.base, BLOB);
	assert_int_equal(keep(), 0);
	guests = tree_read("pseries", slack);
	assert_int_equal(fdt_open_into(guests, guests, (int)(fdt_totalsize(guests) + slack)), 0);
	assert_true(guest_write(FDT, guests, fdt_totalsize(guests)));
	free(guests);
}

static uint32_t read_back(void)
{
	struct fdt_header header;

	assert_true(guest_read(&header, FDT, sizeof(header)));
	assert_true(guest_read(tree, FDT, fdt_totalsize(&header)));
	assert_int_equal(dt_check(tree, sizeof(tree)), 0);
	return fdt_totalsize(&header);
}

/* The tree keeps its size where it can, grows into zeros where it must, and never over anything else. */
static void test_guest_tree(void **state)
{
	uint8_t big[2000], used = 1;

	(void)state;
	memset(big, 'x', sizeof(big));
	begin_overlay("/chosen");
	assert_int_equal(fdt_property(blob, "new", big, 100), 0);
	ask(4096);
	uint32_t size = read_back();

	evil_before_move(0x10000, FDT);
	assert_int_equal(read_back(), size);
	assert_true(fdt_path_offset(tree, "/chosen") > 0);
	assert_non_null(fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "new", NULL));
	assert_non_null(strstr(fake.console, "evil=overlay when=before fragments=1 edits=0 size="));
	assert_null(strstr(fake.console, "when=after"));

	begin_overlay("/chosen");
	assert_int_equal(fdt_property(blob, "new", big, sizeof(big)), 0);
	ask(64);
	size = read_back();
	evil_before_move(0x10000, FDT);
	assert_true(read_back() > size);

	begin_overlay("/chosen");
	assert_int_equal(fdt_property(blob, "new", big, sizeof(big)), 0);
	ask(64);
	assert_true(guest_write(FDT + size + 1000, &used, 1));
	assert_true(fake_stops(evil_before_move(0x10000, FDT)));
	assert_non_null(strstr(fake.console, "FAIL E914 "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_edits), TEST(test_contents_stay), TEST(test_wrong), TEST(test_empty_list), TEST(test_long_list), TEST(test_none), TEST(test_fixups), TEST(test_no_fragment), TEST(test_after),
		TEST(test_broken), TEST(test_guest_tree),
	};

	return RUN(tests);
}
