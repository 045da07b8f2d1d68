// SPDX-License-Identifier: GPL-2.0-or-later
/* Archives in front of an initrd, whole and cut anywhere, at any address. */
#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"
#include "ultravisor/esm/cpio.h"

#define ARCHIVE 3584

/* Of memory of exactly @size bytes. */
static enum cpio_found find(struct cpio_blob *blob, const uint8_t *from, size_t size,
			    uint64_t address)
{
	uint8_t *copy = malloc(size + 1);
	enum cpio_found found;

	memcpy(copy + 1, from, size);
	found = cpio_find(blob, copy + 1, size, address);
	free(copy);
	return found;
}

static void test_whole(void **state)
{
	uint8_t *archive = tree_read("esm/archive", 0), *good = tree_read("esm/good", 0);
	struct cpio_blob blob;

	(void)state;
	assert_int_equal(find(&blob, archive, ARCHIVE, 0x400000), CPIO_BLOB);
	assert_int_equal(blob.archive, ARCHIVE);
	assert_memory_equal(archive + blob.start, good, blob.end - blob.start);
	assert_int_equal(blob.end - blob.start, 2677);
	free(archive);
	free(good);
}

static void test_cut(void **state)
{
	uint8_t *archive = tree_read("esm/archive", 0);
	struct cpio_blob blob;
	enum cpio_found last = CPIO_NO_BLOB;

	(void)state;
	for (size_t size = 0; size <= ARCHIVE; size++) {
		enum cpio_found found = find(&blob, archive, size, 0x400000);

		/* first none, then one whose archive has no end, with the last byte all of it */
		assert_int_equal(found == CPIO_BLOB, size == ARCHIVE);
		if (found != last)
			assert_int_equal(found, last == CPIO_NO_BLOB ? CPIO_ENDLESS : CPIO_BLOB);
		last = found;
	}
	assert_int_equal(last, CPIO_BLOB);
	free(archive);
}

/* What is aligned are addresses: the archive ends at a multiple of 512 of them. */
static void test_address(void **state)
{
	uint8_t *archive = tree_read("esm/archive", 512);
	struct cpio_blob blob;

	(void)state;
	memset(archive + ARCHIVE, 0, 512);
	for (uint64_t address = 0x400000; address < 0x400200; address += 4) {
		assert_int_equal(find(&blob, archive, ARCHIVE + 508, address), CPIO_BLOB);
		assert_int_equal((address + blob.archive) % 512, 0);
		assert_in_range(blob.archive, ARCHIVE - 512, ARCHIVE + 511);
	}
	assert_int_equal(find(&blob, archive, ARCHIVE, 0x400001), CPIO_NO_BLOB);
	free(archive);
}

/* Numbers of the headers: any eight characters of them are something else. */
static void test_numbers(void **state)
{
	uint8_t *archive = tree_read("esm/archive", 0);
	static const char *const values[] = {
		"FFFFFFFF", "7fffffff", "00000000", "0000000b", "0000000g", "-0000001", "80000000",
	};
	struct cpio_blob blob;

	(void)state;
	for (size_t at = 0; at < 1024; at += 2) {
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
			uint8_t was[8];

			memcpy(was, archive + at, 8);
			memcpy(archive + at, values[i], 8);
			if (find(&blob, archive, ARCHIVE, 0x400000) == CPIO_BLOB) {
				assert_true(blob.start < blob.end && blob.end <= blob.archive);
				assert_true(blob.archive <= ARCHIVE);
			}
			memcpy(archive + at, was, 8);
		}
	}
	free(archive);
}

/* A name that differs anywhere is another. */
static void test_names(void **state)
{
	uint8_t *archive = tree_read("esm/archive", 0);
	struct cpio_blob blob;
	size_t name = 0;

	(void)state;
	while (memcmp(archive + name, "opt/ibm/pef", 11) != 0)
		name++;
	/* the folder itself comes before, without contents */
	for (size_t at = name + 11; at < ARCHIVE - 11; at++)
		if (memcmp(archive + at, "opt/ibm/pef/", 12) == 0)
			name = at;
	for (size_t i = 0; i < 11; i++) {
		archive[name + i] ^= 1;
		assert_int_equal(find(&blob, archive, ARCHIVE, 0x400000), CPIO_NO_BLOB);
		archive[name + i] ^= 1;
	}
	assert_int_equal(find(&blob, archive, ARCHIVE, 0x400000), CPIO_BLOB);
	free(archive);
}

/* A file that is there to its last aligned byte is looked at. One word less: it does not end. */
static void test_file_is_whole(void **state)
{
	uint8_t *archive = tree_read("esm/unmagic", 0);
	struct cpio_blob blob;
	size_t size = ARCHIVE;

	(void)state;
	while (find(&blob, archive, size, 0x400000) == CPIO_NO_BLOB)
		size--;
	assert_int_equal(find(&blob, archive, size, 0x400000), CPIO_ENDLESS);
	assert_int_equal((size + 1) % 4, 0);
	free(archive);
}

static void test_others(void **state)
{
	static const struct {
		const char *name;
		enum cpio_found found;
	} cases[] = {
		{ "elsewhere", CPIO_NO_BLOB }, { "unmagic", CPIO_NO_BLOB }, { "magic", CPIO_BLOB },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char name[40];
		struct cpio_blob blob;
		uint8_t *archive;

		snprintf(name, sizeof(name), "esm/%s", cases[i].name);
		archive = tree_read(name, 0);
		assert_int_equal(find(&blob, archive, ARCHIVE, 0x400000), cases[i].found);
		free(archive);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole), TEST(test_cut), TEST(test_address), TEST(test_numbers),
		TEST(test_names), TEST(test_file_is_whole), TEST(test_others),
	};

	return RUN(tests);
}
