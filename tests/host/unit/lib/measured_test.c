// SPDX-License-Identifier: GPL-2.0-or-later
/* The digests of a bundle, against SHA-512 over a copy of what the file has. */
#include "lib/measured.h"

#include <bearssl_hash.h>

#include "tests/host/unit/test.h"

#define IMAGE	0x3001UL	/* bytes of pefboot, and what its memory is */
#define MEMORY	0x20000UL
#define KERNEL	0x30000UL
#define SIZE	0x12345UL
#define TOTAL	0x60000UL

static uint8_t image[TOTAL], file[TOTAL];

static struct bundle make(uint64_t version)
{
	struct bundle bundle = { .version = version, .image_size = IMAGE, .image_memory = MEMORY, .total_size = TOTAL };
	uint64_t seed = 12;

	bundle.part[BUNDLE_KERNEL].offset = KERNEL;
	bundle.part[BUNDLE_KERNEL].size = SIZE;
	for (size_t i = 0; i < TOTAL; i++)
		image[i] = (uint8_t)draw(&seed);
	memcpy(file, image, TOTAL);
	memset(file + IMAGE, 0, MEMORY - IMAGE);	/* its bss: it runs */
	return bundle;
}

static void digest_is(const uint8_t *got, uint64_t from, uint64_t to)
{
	uint8_t want[br_sha512_SIZE];
	br_sha512_context context;

	br_sha512_init(&context);
	br_sha512_update(&context, file + from, to - from);
	br_sha512_out(&context, want);
	assert_memory_equal(got, want, sizeof(want));
}

static void test_both(void **state)
{
	uint8_t range[BUNDLE_DIGEST_SIZE], kernel[BUNDLE_DIGEST_SIZE];
	struct bundle bundle;

	(void)state;
	bundle = make(BUNDLE_VERSION);
	measured_digest(range, kernel, &bundle, image);
	digest_is(range, 0, TOTAL);
	digest_is(kernel, KERNEL, KERNEL + SIZE);
	bundle = make(BUNDLE_VERSION_BLOB);
	measured_digest(range, kernel, &bundle, image);
	digest_is(range, 0, KERNEL + SIZE);
	digest_is(kernel, KERNEL, KERNEL + SIZE);
}

static void test_one(void **state)
{
	uint8_t range[BUNDLE_DIGEST_SIZE], kernel[BUNDLE_DIGEST_SIZE];
	struct bundle bundle = make(BUNDLE_VERSION);

	(void)state;
	measured_digest(range, NULL, &bundle, image);
	digest_is(range, 0, TOTAL);
	measured_digest(NULL, kernel, &bundle, image);
	digest_is(kernel, KERNEL, KERNEL + SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_both), TEST(test_one) };

	return RUN(tests);
}
