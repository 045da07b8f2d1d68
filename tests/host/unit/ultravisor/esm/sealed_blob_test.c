// SPDX-License-Identifier: GPL-2.0-or-later
/* Blobs that nobody vouches for. The key is not the machine's: what opens a lockbox is replaced. */
#include <libfdt.h>

#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"
#include "ultravisor/esm/blob.h"
#include "ultravisor/esm/unwrap.h"

#define SPACE 2048

static unsigned int unwraps;

/* The key of each blob of tests/host/tools/esmblobs. */
const char *esm_unwrap(const uint8_t cipher[ESM_CIPHER_SIZE], uint8_t key[ESM_KEY_SIZE])
{
	unwraps += cipher[0] + 1u;
	for (int i = 0; i < ESM_KEY_SIZE; i++)
		key[i] = (uint8_t)i;
	return NULL;
}

static struct blob blob;

static const char *open_blob(const void *data, size_t size)
{
	struct blob_digests digests;
	uint8_t *copy = aligned_alloc(8, (size + 8) & ~7UL);
	const char *why;

	memset(&blob, 0, sizeof(blob));
	memcpy(copy, data, size);
	why = blob_open(&blob, &digests, copy, size);
	assert_true(blob.files_size <= ESM_FILES_MAX && blob.digests_size <= ESM_DIGESTS_MAX);
	free(copy);
	return why;
}

/* The sound one, with room for changes. */
static void *read_good(void)
{
	void *tree = tree_read("esm/good", SPACE + 8);

	assert_int_equal(fdt_open_into(tree, tree, (int)fdt_totalsize(tree) + SPACE), 0);
	return tree;
}

static void test_good(void **state)
{
	void *tree = read_good();

	(void)state;
	assert_null(open_blob(tree, fdt_totalsize(tree)));
	assert_null(open_blob(tree, fdt_totalsize(tree) + 5));
	free(tree);
}

static void test_truncated(void **state)
{
	uint8_t *tree = tree_read("esm/good", 0);
	uint32_t size = fdt_totalsize(tree);

	(void)state;
	for (uint32_t cut = 0; cut < size; cut++) {
		assert_non_null(open_blob(tree, cut));
		if (cut >= sizeof(struct fdt_header)) {
			fdt_set_totalsize(tree, cut);
			open_blob(tree, cut);
			fdt_set_totalsize(tree, size);
		}
	}
	free(tree);
}

/* Each bit of it. What is sealed, and what makes a tree of it, cannot be changed. */
static void test_bits(void **state)
{
	uint8_t *tree = tree_read("esm/good", 0);
	uint32_t size = fdt_totalsize(tree), refused = 0;
	int node = fdt_path_offset(tree, "/digest/digests-fdt"), length;
	const uint8_t *sealed = fdt_getprop(tree, node, "ciphertext", &length);

	(void)state;
	for (uint32_t bit = 0; bit < 8 * size; bit++) {
		const char *why;

		tree[bit / 8] ^= 1 << bit % 8;
		why = open_blob(tree, size);
		refused += !!why;
		if (tree + bit / 8 >= sealed && tree + bit / 8 < sealed + length)
			assert_string_equal(why, "the digests do not decrypt");
		tree[bit / 8] ^= 1 << bit % 8;
	}
	assert_in_range(refused, 8U * (uint32_t)length, 8 * size);
	free(tree);
}

/* Properties and nodes that are missing, or of another size. */
static void test_edits(void **state)
{
	static const struct {
		const char *path, *name;
		int size;		/* of another value; -1: none; -2: no node */
		bool good;
	} cases[] = {
		{ "/lockboxes", NULL, -2, false },
		{ "/lockboxes/lockbox-1", NULL, -2, false },
		{ "/lockboxes/origin-lockbox", NULL, -2, true },
		{ "/lockboxes/lockbox-1", "encrypted-symkey", -1, false },
		{ "/lockboxes/lockbox-1", "encrypted-symkey", 255, false },
		{ "/lockboxes/lockbox-1", "encrypted-symkey", 257, false },
		{ "/lockboxes/lockbox-1", "encrypted-symkey", 0, false },
		{ "/digest", NULL, -2, false },
		{ "/digest/digests-fdt", NULL, -2, false },
		{ "/digest/digests-fdt", "algorithm", -1, false },
		{ "/digest/digests-fdt", "algorithm", 0, true },
		{ "/digest/digests-fdt", "iv", -1, false },
		{ "/digest/digests-fdt", "iv", 12, false },
		{ "/digest/digests-fdt", "iv", 0, false },
		{ "/digest/digests-fdt", "mac", -1, false },
		{ "/digest/digests-fdt", "mac", 4, false },
		{ "/digest/digests-fdt", "mac", 16, false },
		{ "/digest/digests-fdt", "ciphertext", -1, false },
		{ "/digest/digests-fdt", "ciphertext", 0, false },
		{ "/digest/digests-fdt", "ciphertext", 1024, false },
		{ "/file", NULL, -2, true },
		{ "/file", "files-fdt", -1, true },
		{ "/file", "files-fdt", 0, true },
		{ "/file", "files-fdt", 39, true },
		{ "/", "compatible", -1, true },
	};
	static const uint8_t zeros[SPACE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		void *tree = read_good();
		int node = fdt_path_offset(tree, cases[i].path);

		assert_true(node >= 0);
		if (cases[i].size == -2)
			assert_int_equal(fdt_del_node(tree, node), 0);
		else if (cases[i].size == -1)
			assert_int_equal(fdt_delprop(tree, node, cases[i].name), 0);
		else
			assert_int_equal(fdt_setprop(tree, node, cases[i].name, zeros,
						     cases[i].size), 0);
		if (!open_blob(tree, fdt_totalsize(tree)) != cases[i].good)
			fail_msg("%s %s %d: %sopened", cases[i].path,
				 cases[i].name ? cases[i].name : "", cases[i].size,
				 cases[i].good ? "not " : "");
		free(tree);
	}
}

/* Nodes within nodes, as deep as 2 MiB have room for. */
static void test_nested(void **state)
{
	const uint32_t depth = (1U << 21) / 12 - 100, size = 56 + 12 * depth + 8;
	uint32_t *tree = calloc(1, size + 8);
	uint32_t *at = tree + 14;

	(void)state;
	for (uint32_t i = 0; i < depth; i++) {
		*at++ = cpu_to_fdt32(FDT_BEGIN_NODE);
		*at++ = i ? cpu_to_fdt32('a' << 24) : 0;
	}
	for (uint32_t i = 0; i < depth; i++)
		*at++ = cpu_to_fdt32(FDT_END_NODE);
	*at++ = cpu_to_fdt32(FDT_END);
	fdt_set_magic(tree, FDT_MAGIC);
	fdt_set_totalsize(tree, size);
	fdt_set_off_mem_rsvmap(tree, 40);
	fdt_set_off_dt_struct(tree, 56);
	fdt_set_size_dt_struct(tree, 12 * depth + 4);
	fdt_set_off_dt_strings(tree, 56 + 12 * depth + 4);
	fdt_set_version(tree, 17);
	fdt_set_last_comp_version(tree, 16);
	assert_non_null(open_blob(tree, size));
	free(tree);
}

/* Nothing that is too large is copied, and nobody looks for a key where there is no blob. */
/* A tree of files may fill its frame; one byte more, or no tree, is as if there were none. */
static void test_files(void **state)
{
	void *tree = tree_read("esm/good", 2 * ESM_FILES_MAX);
	uint8_t *files = tree_read("esm/good", 2 * ESM_FILES_MAX);

	(void)state;
	assert_int_equal(fdt_open_into(tree, tree, (int)fdt_totalsize(tree) + ESM_FILES_MAX + 4096), 0);
	assert_int_equal(fdt_open_into(files, files, ESM_FILES_MAX), 0);
	for (int more = 0; more < 2; more++) {
		assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/file"), "files-fdt", files, ESM_FILES_MAX + more), 0);
		assert_null(open_blob(tree, fdt_totalsize(tree)));
		assert_int_equal(blob.files_size, more ? 0 : ESM_FILES_MAX);
	}
	fdt_set_magic(files, 0);
	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/file"), "files-fdt", files, ESM_FILES_MAX), 0);
	assert_null(open_blob(tree, fdt_totalsize(tree)));
	assert_int_equal(blob.files_size, 0);
	free(files);
	free(tree);
}

static void test_no_digests(void **state)
{
	void *tree = read_good();

	(void)state;
	assert_int_equal(fdt_del_node(tree, fdt_path_offset(tree, "/digest/digests-fdt")), 0);
	assert_string_equal(open_blob(tree, fdt_totalsize(tree)), "no /digest/digests-fdt");
	free(tree);
}

static void test_sizes(void **state)
{
	uint8_t *tree = tree_read("esm/64k", 0);

	(void)state;
	assert_null(open_blob(tree, fdt_totalsize(tree)));
	free(tree);
	tree = tree_read("esm/digests-large", 0);
	assert_string_equal(open_blob(tree, fdt_totalsize(tree)), "the digests do not decrypt");
	unwraps = 0;
	assert_non_null(open_blob(tree, 100));
	assert_int_equal(unwraps, 0);
	free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good), TEST(test_truncated), TEST(test_bits), TEST(test_edits),
		TEST(test_nested), TEST(test_files), TEST(test_no_digests), TEST(test_sizes),
	};

	return RUN(tests);
}
