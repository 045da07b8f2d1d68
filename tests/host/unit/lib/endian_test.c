// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/endian.h"

#include "tests/host/unit/test.h"

static const uint8_t bytes[9] = { 0xee, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

/* One type: loads and stores at an odd address, and the same bytes as a struct. */
#define CHECK(name, bits, value)                                        \
	do {                                                            \
		uint8_t out[9] = { 0xee };                              \
		name member;                                            \
		                                                        \
		assert_int_equal(name##_load(bytes + 1), value);        \
		name##_store(out + 1, value);                           \
		assert_memory_equal(out, bytes, 1 + bits / 8);          \
		memcpy(&member, bytes + 1, sizeof(member));             \
		assert_int_equal(sizeof(member), bits / 8);             \
		assert_int_equal(name##_get(member), value);            \
		member = name##_make(value);                            \
		assert_memory_equal(&member, bytes + 1, sizeof(member)); \
	} while (0)

static void test_all(void **state)
{
	(void)state;
	CHECK(be16, 16, 0x0123);
	CHECK(be32, 32, 0x01234567);
	CHECK(be64, 64, 0x0123456789abcdef);
	CHECK(le16, 16, 0x2301);
	CHECK(le32, 32, 0x67452301);
	CHECK(le64, 64, 0xefcdab8967452301);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_all) };

	return RUN(tests);
}
