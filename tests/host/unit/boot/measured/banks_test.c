// SPDX-License-Identifier: GPL-2.0-or-later
/* The hashes of the banks, against those of BearSSL and the examples of FIPS 180-4. */
#include "boot/measured/banks.h"

#include <bearssl_hash.h>

#include "abi/vtpm.h"
#include "boot/measured/sha.h"
#include "tests/host/unit/test.h"

static void test_examples(void **state)
{
	static const uint8_t abc1[SHA1_SIZE] = { 0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e,
						 0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d };
	static const uint8_t abc256[4] = { 0xba, 0x78, 0x16, 0xbf }, abc384[4] = { 0xcb, 0x00, 0x75, 0x3f };
	static const uint8_t abc512[4] = { 0xdd, 0xaf, 0x35, 0xa1 }, none256[4] = { 0xe3, 0xb0, 0xc4, 0x42 };
	struct digests digests;

	(void)state;
	banks_hash(&digests, 15, "abc", 3);
	assert_memory_equal(digests.of[BANK_SHA1], abc1, sizeof(abc1));
	assert_memory_equal(digests.of[BANK_SHA256], abc256, 4);
	assert_memory_equal(digests.of[BANK_SHA384], abc384, 4);
	assert_memory_equal(digests.of[BANK_SHA512], abc512, 4);
	sha256(digests.of[0], "", 0);
	assert_memory_equal(digests.of[0], none256, 4);
}

/* BearSSL's, by their own code */
static void reference(uint8_t *out, const br_hash_class *hash, const void *data, size_t size)
{
	br_hash_compat_context context;

	hash->init(&context.vtable);
	hash->update(&context.vtable, data, size);
	hash->out(&context.vtable, out);
}

static void test_every_length(void **state)
{
	uint8_t data[300], expect[BANK_DIGEST_MAX], got[BANK_DIGEST_MAX];
	uint64_t seed = 88172645463325252UL;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)draw(&seed);
	for (size_t size = 0; size <= sizeof(data); size++) {
		reference(expect, &br_sha1_vtable, data, size);
		sha1(got, data, size);
		assert_memory_equal(got, expect, SHA1_SIZE);
		reference(expect, &br_sha256_vtable, data, size);
		sha256(got, data, size);
		assert_memory_equal(got, expect, SHA256_SIZE);
	}
}

static void test_list(void **state)
{
	struct digests digests = { { { 1 }, { 2 }, { 3 }, { 4 } } };
	uint8_t list[DIGESTS_MAX];

	(void)state;
	assert_int_equal(banks_put(list, 15, &digests, false), 4 + 4 * 2 + 20 + 32 + 48 + 64);
	assert_memory_equal(list, "\0\0\0\4\0\4\1", 7);
	assert_memory_equal(list + 4 + 2 + 20, "\0\xb\2", 3);
	assert_int_equal(banks_put(list, 1 << BANK_SHA384, &digests, true), 4 + 2 + 48);
	assert_memory_equal(list, "\1\0\0\0\xc\0\3", 7);
	assert_int_equal(bank_find(0x12), 0);
	for (enum bank bank = 0; bank < BANKS; bank++)
		assert_int_equal(bank_find(bank_algorithm(bank)), 1 << bank);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_examples), TEST(test_every_length), TEST(test_list) };

	return RUN(tests);
}
