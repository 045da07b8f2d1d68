// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fdt/walk against fdt_check_full() of libfdt: what the walk accepts, libfdt accepts. The walk
 * refuses a little more, and each of these is here:
 *	versions below 17			the last string without its NUL, used or not
 *	blocks that are not aligned		nodes deeper than 64
 *	properties after a child node		no root, or properties outside it
 */
#define _GNU_SOURCE	/* MAP_ANONYMOUS */
#include "fdt/walk.h"

#include <libfdt.h>
#include <sys/mman.h>

#include "fdt/read.h"
#include "lib/endian.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"

#define DEPTH_MAX 64

static bool stricter_header(const uint8_t *fdt)
{
	uint32_t strings = fdt_size_dt_strings(fdt);

	return fdt_version(fdt) < 17 ||
	       (strings && fdt[fdt_off_dt_strings(fdt) + strings - 1] != '\0');
}

/* For trees that fdt_check_full() accepts. */
static bool stricter(const void *fdt)
{
	int at = 0, next, depth = -1;
	bool open = false, rooted = false;

	if (stricter_header(fdt))
		return true;
	for (;; at = next) {
		switch (fdt_next_tag(fdt, at, &next)) {
		case FDT_BEGIN_NODE:
			if (++depth > DEPTH_MAX)
				return true;
			open = rooted = true;
			break;
		case FDT_END_NODE:
			depth--;
			open = false;
			break;
		case FDT_PROP:
			if (!open)
				return true;
			break;
		case FDT_END:
			return !rooted;
		}
	}
}

/* dt_check(), and nothing that a reader is given on the way lies outside of the structure block. */
static bool walks(const void *fdt, size_t size)
{
	struct dt_walk walk;
	int event = dt_walk_start(&walk, fdt, size);

	if (event == 0)
		while ((event = dt_walk_next(&walk)) > DT_DONE)
			assert_true(event != DT_PROP || (walk.value >= walk.structure &&
							 walk.value + walk.size <= walk.structure + walk.end));
	assert_int_equal(event, dt_check(fdt, size));	/* which goes from node to node */
	return event == 0;
}

static bool libfdt_accepts(const void *fdt, size_t size)
{
	return fdt_check_full(fdt, size) == 0;
}

static void compare(const void *fdt, size_t size, const char *what)
{
	/* libfdt reads at any alignment, which UBSan minds. */
	bool aligned = fdt_off_mem_rsvmap(fdt) % 8 == 0 && fdt_off_dt_struct(fdt) % 4 == 0;
	bool theirs = aligned && libfdt_accepts(fdt, size);
	bool want = theirs && !stricter(fdt), got = walks(fdt, size);

	if (got != want)
		print_error("%s: libfdt %d, walk %d, wanted %d\n", what, theirs, got, want);
	assert_int_equal(got, want);
}

static const char *const trees[] = { "pseries", "memory-nodes", "dynamic-v1", "dynamic-v2" };

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		void *fdt = tree_read(trees[i], 0);

		assert_true(walks(fdt, fdt_totalsize(fdt)));
		assert_false(walks(fdt, fdt_totalsize(fdt) - 1));
		compare(fdt, fdt_totalsize(fdt), trees[i]);
		free(fdt);
	}
}

/* Of each node the same children as libfdt finds, and their names. */
static void same_children(const void *fdt)
{
	struct dt_children nodes;

	for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
		int want, got = dt_first_child(&nodes, fdt, node);

		fdt_for_each_subnode(want, fdt, node) {
			assert_int_equal(got, want);
			assert_string_equal(nodes.walk.name, fdt_get_name(fdt, want, NULL));
			got = dt_next_child(&nodes);
		}
		assert_int_equal(got, -FDT_ERR_NOTFOUND);
	}
}

static void test_children(void **state)
{
	struct dt_children nodes;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		void *fdt = tree_read(trees[i], 0);

		same_children(fdt);
		assert_int_equal(dt_first_child(&nodes, fdt, -FDT_ERR_NOTFOUND), -FDT_ERR_BADOFFSET);
		/* the root's first property is larger than the tree */
		be32_store((uint8_t *)fdt + fdt_off_dt_struct(fdt) + 12, UINT32_MAX);
		assert_int_equal(dt_first_child(&nodes, fdt, 0), -FDT_ERR_BADSTRUCTURE);
		free(fdt);
	}
}

/* A word that may mean something at any place. */
static uint32_t word(uint64_t *seed, uint32_t size)
{
	static const uint32_t words[] = {
		FDT_BEGIN_NODE, FDT_END_NODE, FDT_PROP, FDT_NOP, FDT_END, 0, 5, 0x7fffffff,
		0x80000000, 0xffffffff, 0xfffffffc, FDT_MAGIC, 16, 17, 18,
	};
	uint64_t n = draw(seed) % 18;

	return n < 15 ? words[n] : n == 15 ? size : (uint32_t)(draw(seed) % (size + 8));
}

static void mutate(uint8_t *fdt, uint32_t size, uint64_t *seed)
{
	uint32_t at = (uint32_t)(draw(seed) % (draw(seed) % 4 ? size : sizeof(struct fdt_header)));

	switch (draw(seed) % 4) {
	case 0:
		fdt[at] ^= (uint8_t)(1 << draw(seed) % 8);
		break;
	case 1:
		fdt[at] = (uint8_t)draw(seed);
		break;
	default:
		if ((at & ~3U) + 4 <= size)
			be32_store(fdt + (at & ~3U), word(seed, size));
	}
}

/* Trees with one to three mistakes, and at times too little room. */
static void test_mutated(void **state)
{
	uint64_t seed = 6;
	int good = 0, bad = 0;

	(void)state;
	for (int turn = 0; turn < 60000; turn++) {
		uint8_t *fdt = tree_read(trees[turn % 4], 0);
		uint32_t size = fdt_totalsize(fdt);
		char what[40];

		for (uint64_t n = 1 + draw(&seed) % 3; n; n--)
			mutate(fdt, size, &seed);
		if (draw(&seed) % 8 == 0) {
			size = sizeof(struct fdt_header) + (uint32_t)(draw(&seed) % (size - 40));
			fdt = realloc(fdt, size);
		}
		snprintf(what, sizeof(what), "turn %d", turn);
		compare(fdt, size, what);
		*(walks(fdt, size) ? &good : &bad) += 1;
		free(fdt);
	}
	/* Neither side may be empty, or this test says nothing. */
	assert_true(good > 5000);
	assert_true(bad > 5000);
}

/* A structure block of these tags, in a tree of its own. */
#define TREE(...) tree_of((const uint32_t[]){ __VA_ARGS__ }, sizeof((const uint32_t[]){ __VA_ARGS__ }))
#define STRINGS 8	/* "abc" and "def" */

static void *tree_of(const uint32_t *words, size_t size)
{
	const uint32_t structure = 40 + 16, total = structure + (uint32_t)size + STRINGS;
	const uint32_t header[] = { FDT_MAGIC, total, structure, total - STRINGS, 40, 17, 16, 0,
				    STRINGS, (uint32_t)size };
	uint8_t *fdt = calloc(1, total);

	assert_non_null(fdt);
	for (size_t i = 0; i < 10; i++)
		be32_store(fdt + 4 * i, header[i]);
	for (size_t i = 0; i < size / 4; i++)
		be32_store(fdt + structure + 4 * i, words[i]);
	memcpy(fdt + total - STRINGS, "abc\0def", STRINGS);
	return fdt;
}

static void shape(const char *name, void *fdt, bool ours, bool theirs)
{
	uint32_t size = fdt_totalsize(fdt);

	print_message("%s\n", name);
	assert_int_equal(walks(fdt, size), ours);
	assert_int_equal(libfdt_accepts(fdt, size), theirs);
	free(fdt);
}

static void test_shapes(void **state)
{
	(void)state;
	shape("a root", TREE(1, 0, 2, 9), true, true);
	shape("no-ops anywhere inside", TREE(4, 1, 0, 4, 2, 9), true, true);
	shape("a no-op after the root", TREE(1, 0, 2, 4, 9), false, false);
	shape("a property", TREE(1, 0, 3, 4, 0, 7, 2, 9), true, true);
	shape("a property of no bytes", TREE(1, 0, 3, 0, 4, 2, 9), true, true);
	shape("nothing", TREE(9), false, true);
	shape("no end", TREE(1, 0, 2), false, false);
	shape("an end too much", TREE(1, 0, 2, 2, 9), false, false);
	shape("an end too few", TREE(1, 0, 9), false, false);
	shape("two roots", TREE(1, 0, 2, 1, 0, 2, 9), false, false);
	shape("a root with a name", TREE(1, 0x61000000, 2, 9), false, false);
	shape("a name without end", TREE(1, 0, 1, 0x61616161), false, false);
	shape("a property before the root", TREE(3, 0, 0, 1, 0, 2, 9), false, true);
	shape("a property after a child", TREE(1, 0, 1, 0x61000000, 2, 3, 0, 0, 2, 9), false, true);
	shape("a value beyond the block", TREE(1, 0, 3, 16, 0, 2, 9), false, false);
	shape("a value of 4 GiB", TREE(1, 0, 3, 0xffffffff, 0, 2, 9), false, false);
	shape("a name beyond the strings", TREE(1, 0, 3, 0, 8, 2, 9), false, false);
	shape("a name far beyond", TREE(1, 0, 3, 0, 0xffffffff, 2, 9), false, false);
	shape("an unknown tag", TREE(1, 0, 5, 2, 9), false, false);
}

static void test_depth(void **state)
{
	uint32_t words[3 * 70 + 1];

	(void)state;
	for (size_t deep = DEPTH_MAX - 1; deep <= DEPTH_MAX + 2; deep++) {
		size_t n = 0;

		for (size_t i = 0; i < deep; i++) {
			words[n++] = FDT_BEGIN_NODE;
			words[n++] = i ? 0x61000000 : 0;
		}
		for (size_t i = 0; i < deep; i++)
			words[n++] = FDT_END_NODE;
		words[n++] = FDT_END;
		shape("deep", tree_of(words, 4 * n), deep <= DEPTH_MAX + 1, true);
	}
}

/* What a reader is told on the way. */
static void test_events(void **state)
{
	void *fdt = TREE(1, 0, 3, 2, 4, 0x41420000, 1, 0x6e000000, 3, 0, 0, 2, 2, 9);
	struct dt_walk walk;

	(void)state;
	assert_int_equal(dt_walk_start(&walk, fdt, fdt_totalsize(fdt)), 0);
	assert_int_equal(dt_walk_next(&walk), DT_NODE);
	assert_int_equal(walk.depth, 0);
	assert_int_equal(walk.node, 0);
	assert_int_equal(dt_walk_next(&walk), DT_PROP);
	assert_string_equal(walk.name, "def");
	assert_int_equal(walk.size, 2);
	assert_memory_equal(walk.value, "AB", 2);
	assert_int_equal(dt_walk_next(&walk), DT_NODE);
	assert_string_equal(walk.name, "n");
	assert_int_equal(walk.depth, 1);
	assert_int_equal(walk.node, 24);
	assert_int_equal(dt_walk_next(&walk), DT_PROP);
	assert_int_equal(walk.node, 24);
	assert_int_equal(walk.size, 0);
	assert_int_equal(dt_walk_next(&walk), DT_NODE_END);
	assert_int_equal(walk.depth, 0);
	assert_int_equal(dt_walk_next(&walk), DT_NODE_END);
	assert_int_equal(walk.depth, -1);
	assert_int_equal(dt_walk_next(&walk), DT_DONE);
	free(fdt);
}

#define PAGE 4096

/* The structure block ends where memory does, wherever it is cut: nothing behind it is read, on either way. */
static void test_end_of_memory(void **state)
{
	uint8_t *good = TREE(1, 0, 3, 4, 0, 7, 3, 0, 4, 1, 0x6e000000, 3, 8, 4, 1, 2, 2, 2, 9);
	const uint32_t structure = fdt_size_dt_struct(good);
	uint8_t *memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_true(memory != MAP_FAILED);
	assert_int_equal(mprotect(memory + PAGE, PAGE, PROT_NONE), 0);
	for (uint32_t size = 4; size <= structure; size += 4) {
		const uint32_t strings = (56 + STRINGS + size) % 8 ? 60 : 56;	/* so that the header is aligned */
		const uint32_t total = strings + STRINGS + size;
		uint8_t *fdt = memory + PAGE - total;

		memcpy(fdt, good, 56);
		fdt_set_totalsize(fdt, total);
		fdt_set_off_dt_strings(fdt, strings);
		fdt_set_off_dt_struct(fdt, strings + STRINGS);
		fdt_set_size_dt_struct(fdt, size);
		memcpy(fdt + strings, good + fdt_off_dt_strings(good), STRINGS);
		memcpy(fdt + strings + STRINGS, good + fdt_off_dt_struct(good), size);
		assert_int_equal(walks(fdt, total), size == structure);
	}
	munmap(memory, 2 * PAGE);
	free(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good), TEST(test_children), TEST(test_shapes), TEST(test_depth),
		TEST(test_events), TEST(test_end_of_memory), TEST(test_mutated),
	};

	return RUN(tests);
}
