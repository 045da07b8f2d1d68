// SPDX-License-Identifier: GPL-2.0-or-later
/* Headers of cpio archives, in memory of exactly their size. */
#include "lib/cpio.h"

#include <ctype.h>

#include "tests/host/unit/test.h"

static uint8_t entry[CPIO_HEADER + 4];

static int start(void **state)
{
	(void)state;
	memset(entry, '0', CPIO_HEADER);
	memcpy(entry, "070701", 6);
	memcpy(entry + 54, "000a0Bf0", 8);
	memcpy(entry + 94, "00000004", 8);
	memcpy(entry + CPIO_HEADER, "abc", 4);
	return 0;
}

static bool reads(struct cpio_header *header, uint64_t size)
{
	uint8_t *copy = malloc(size + 1);
	bool good;

	memcpy(copy + 1, entry, size);
	good = cpio_read_header(header, copy + 1, size);
	free(copy);
	return good;
}

static void test_good(void **state)
{
	struct cpio_header header;

	(void)state;
	assert_true(reads(&header, sizeof(entry)));
	assert_int_equal(header.name_size, 4);
	assert_int_equal(header.file_size, 0xa0bf0);
}

static void test_cut(void **state)
{
	struct cpio_header header;

	(void)state;
	for (uint64_t size = 0; size < sizeof(entry); size++)
		assert_false(reads(&header, size));
}

/* No other byte is a digit, not even one that differs from a digit in the bit of upper case. */
static void test_digits(void **state)
{
	struct cpio_header header;

	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		entry[54] = (uint8_t)byte;
		assert_int_equal(reads(&header, sizeof(entry)), byte < 128 && isxdigit(byte) != 0);
	}
}

static void test_magic(void **state)
{
	struct cpio_header header;

	(void)state;
	entry[5] = '2';		/* with checksums */
	assert_false(reads(&header, sizeof(entry)));
}

#define T(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = { T(test_good), T(test_cut), T(test_digits), T(test_magic) };

	return RUN(tests);
}
