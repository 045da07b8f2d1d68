// SPDX-License-Identifier: GPL-2.0-or-later
/* DER has one form for each value; in memory of exactly its size. */
#include "lib/der.h"
#include "tests/host/unit/test.h"

/* Contents of the one value that these bytes are, or -1. */
static int64_t reads(const void *bytes, size_t size, uint8_t tag)
{
	uint8_t *copy = malloc(size + 1);
	struct der contents, all = { copy + 1, copy + 1 + size };
	int64_t got = -1;

	memcpy(copy + 1, bytes, size);
	if (der_read(&contents, &all, tag)) {
		assert_true(contents.at >= copy + 1 && contents.end <= copy + 1 + size);
		assert_ptr_equal(all.at, contents.end);
		got = (int64_t)der_size(&contents);
	}
	free(copy);
	return got;
}

static void test_lengths(void **state)
{
	static uint8_t value[4 + 300];

	(void)state;
	value[0] = DER_OCTETS;
	assert_int_equal(reads(value, 2, DER_OCTETS), 0);
	assert_int_equal(reads(value, 2, DER_BITS), -1);
	value[1] = 0x7f;
	assert_int_equal(reads(value, 2 + 0x7f, DER_OCTETS), 0x7f);
	assert_int_equal(reads(value, 2 + 0x7e, DER_OCTETS), -1);
	memcpy(value + 1, "\x81\x80", 2);
	assert_int_equal(reads(value, 3 + 0x80, DER_OCTETS), 0x80);
	memcpy(value + 1, "\x82\x01\x2c", 3);
	assert_int_equal(reads(value, 4 + 300, DER_OCTETS), 300);
	for (size_t size = 0; size < 4 + 300; size++)
		assert_int_equal(reads(value, size, DER_OCTETS), -1);
}

static void test_other_forms(void **state)
{
	static const char *const longer[] = {
		"\x04\x81\x01", "\x04\x82\x00\x80", "\x04\x83\x00\x01\x00", "\x04\x80", "\x04\x85\x01\x01\x01\x01\x01",
	};
	static uint8_t value[300];

	(void)state;
	for (size_t i = 0; i < sizeof(longer) / sizeof(longer[0]); i++) {
		memset(value, 1, sizeof(value));
		memcpy(value, longer[i], i == 1 || i == 2 ? 4 : strlen(longer[i]));
		assert_int_equal(reads(value, sizeof(value), DER_OCTETS), -1);
	}
}

/* A length that 64 bits do not hold is none, even where those that they hold would fit. */
static void test_long_length(void **state)
{
	static const uint8_t head[] = { DER_OCTETS, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0x80 };
	static uint8_t value[sizeof(head) + 0x80];

	(void)state;
	memcpy(value, head, sizeof(head));
	assert_int_equal(reads(value, sizeof(value), DER_OCTETS), -1);
}

static void test_numbers(void **state)
{
	static const uint8_t good[] = { DER_INTEGER, 3, 0, 0x80, 1 }, negative[] = { DER_INTEGER, 1, 0x80 };
	struct der digits, from = { good, good + sizeof(good) };

	(void)state;
	assert_true(der_read_number(&digits, &from));
	assert_int_equal(der_size(&digits), 2);
	from = (struct der){ negative, negative + sizeof(negative) };
	assert_false(der_read_number(&digits, &from));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths), cmocka_unit_test(test_other_forms), cmocka_unit_test(test_long_length),
		cmocka_unit_test(test_numbers),
	};

	return RUN(tests);
}
