// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine's key: DER that nobody vouches for, its fingerprint, and what it opens. */
#include "tests/host/unit/test.h"
#include "ultravisor/esm/machine_key.h"
#include "ultravisor/esm/unwrap.h"

#define DATA "tests/host/data/esm/"

static uint8_t der[MACHINE_KEY_DER_MAX];
static size_t der_size;

static size_t load(const char *path, uint8_t *to, size_t max)
{
	FILE *file = fopen(path, "rb");
	size_t size;

	assert_non_null(file);
	size = fread(to, 1, max, file);
	fclose(file);
	return size;
}

static void load_key(void)
{
	der_size = load(DATA "machine-key.der", der, sizeof(der));
	assert_null(machine_key_read(der, der_size));
}

static void test_published(void **state)
{
	char text[2 * ESM_FINGERPRINT_SIZE + 1];
	uint8_t hash[ESM_FINGERPRINT_SIZE];

	(void)state;
	load_key();
	assert_true(machine_key_published());
	machine_key_fingerprint(hash);
	for (int i = 0; i < ESM_FINGERPRINT_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", hash[i]);
	/* sha256sum machine-key.pub.pem */
	assert_string_equal(text, "b2d75c6bd3ace9bc41e6436cda6ce3e656149215480dc1cb1b66375ded99825b");
}

static void test_opens(void **state)
{
	uint8_t cipher[ESM_CIPHER_SIZE], key[ESM_KEY_SIZE];

	(void)state;
	load_key();
	assert_int_equal(load(DATA "lockbox.bin", cipher, sizeof(cipher)), sizeof(cipher));
	assert_null(esm_unwrap(cipher, key));
	for (int i = 0; i < ESM_KEY_SIZE; i++)
		assert_int_equal(key[i], i);
}

/* A bit less is no padding any more: nothing comes out. */
static void test_does_not_open(void **state)
{
	static const uint8_t zeros[ESM_KEY_SIZE];
	uint8_t cipher[ESM_CIPHER_SIZE], key[ESM_KEY_SIZE];

	(void)state;
	load_key();
	load(DATA "lockbox.bin", cipher, sizeof(cipher));
	for (unsigned int bit = 0; bit < 8 * sizeof(cipher); bit += 97) {
		cipher[bit / 8] ^= 1 << bit % 8;
		memset(key, 0xaa, sizeof(key));
		assert_non_null(esm_unwrap(cipher, key));
		assert_memory_equal(key, zeros, sizeof(key));
		cipher[bit / 8] ^= 1 << bit % 8;
	}
	memset(cipher, 0xff, sizeof(cipher));	/* more than the modulus */
	assert_non_null(esm_unwrap(cipher, key));
}

static void test_truncated(void **state)
{
	(void)state;
	load_key();
	for (size_t size = 0; size < der_size; size++) {
		uint8_t *copy = malloc(size + 1);	/* so that a byte too far is seen */

		memcpy(copy, der, size);
		assert_non_null(machine_key_read(copy, size));
		assert_false(machine_key_known());
		free(copy);
	}
	der[der_size] = 0;
	assert_non_null(machine_key_read(der, der_size + 1));
}

/* Each octet that is not part of a number, and the most significant ones of the numbers. */
static void test_malformed(void **state)
{
	(void)state;
	load_key();
	for (size_t at = 0; at < 12; at++) {
		der[at] ^= 0x80;
		assert_non_null(machine_key_read(der, der_size));
		der[at] ^= 0x80;
	}
	der[12] ^= 0x80;	/* a modulus of 2047 bits */
	assert_non_null(machine_key_read(der, der_size));
	der[12] ^= 0x80;
	der[272] = 3;		/* exponent 65539 */
	assert_non_null(machine_key_read(der, der_size));
	der[272] = 1;
	assert_null(machine_key_read(der, der_size));
	assert_true(machine_key_known());
}

/* Numbers that are no key at all: an answer comes, and no memory but its own is touched. */
static void test_garbage(void **state)
{
	uint8_t cipher[ESM_CIPHER_SIZE], key[ESM_KEY_SIZE];
	uint64_t seed = 0x9e3779b97f4a7c15;

	(void)state;
	load_key();
	load(DATA "lockbox.bin", cipher, sizeof(cipher));
	for (int run = 0; run < 20; run++) {
		for (size_t at = 540; at < der_size; at++)
			if (der[at - 1] != 0x81 && der[at] != 0x81 && der[at] != 0x80 && der[at] != 2 &&
			    (draw(&seed) & 7) == 0)
				der[at] = draw(&seed) & 0x7f;
		if (machine_key_read(der, der_size))
			load_key();
		else
			assert_non_null(esm_unwrap(cipher, key));
	}
}

static void test_no_key(void **state)
{
	uint8_t cipher[ESM_CIPHER_SIZE] = { 0 }, key[ESM_KEY_SIZE];

	(void)state;
	assert_non_null(machine_key_read(cipher, sizeof(cipher)));
	assert_false(machine_key_published());
	assert_string_equal(esm_unwrap(cipher, key), "this machine has no key");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_published), TEST(test_opens), TEST(test_does_not_open), TEST(test_truncated),
		TEST(test_malformed), TEST(test_garbage), TEST(test_no_key),
	};

	return RUN(tests);
}
