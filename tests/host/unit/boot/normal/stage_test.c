// SPDX-License-Identifier: GPL-2.0-or-later
/* What lies before a real ultravisor: the stage, and an initrd where there is none. */
#include "boot/normal/stage.h"

#include <sys/mman.h>

#include "abi/image.h"
#include "abi/steps.h"
#include "boot/normal/blob.h"
#include "lib/cpio.h"
#include "lib/endian.h"
#include "tests/host/fake/guest.h"
#include "tests/host/unit/test.h"

#define HOME	  0x1c000000UL
#define KERNEL	  0x400000UL
#define FOOTPRINT 0x30000UL		/* of tests/host/fake/boot.c */
#define IMAGE_END 0x1234U

static struct machine machine;
static struct payload payload;

static int start(void **state)
{
	struct image_header *header = (void *)(HOME + IMAGE_HEADER_AT);

	(void)state;
	guest_make();
	machine = (struct machine){ .outline.memory = { 1, { { 0, GUEST_MEMORY } } } };
	home_at(&machine.home, HOME);
	payload = (struct payload){ .kernel = { KERNEL, KERNEL + 0x1000 } };
	memset((void *)HOME, 0x33, FOOTPRINT);
	be32_store(header->image_end, IMAGE_END);
	return 0;
}

/* The image as it is in its file, zeros up to the kernel, nothing before it. */
static void test_place(void **state)
{
	uint64_t kbase = 0;

	(void)state;
	memset((void *)(KERNEL - FOOTPRINT - 1), 0x77, FOOTPRINT + 1);
	assert_int_equal(stage_place(&kbase, &machine, &payload), 0);
	assert_int_equal(kbase, KERNEL - FOOTPRINT);
	assert_memory_equal((const void *)kbase, (const void *)HOME, IMAGE_END);
	for (uint64_t at = kbase + IMAGE_END; at < KERNEL; at++)
		assert_int_equal(*(const uint8_t *)at, 0);
	assert_int_equal(*(const uint8_t *)(kbase - 1), 0x77);
	payload.bundle = (struct range){ 0x800000, 0x900000 };	/* has its own, with the manifest */
	assert_int_equal(stage_place(&kbase, &machine, &payload), 0);
	assert_int_equal(kbase, 0x800000);
}

static void test_no_place(void **state)
{
	static const struct {
		const char *what;
		uint64_t kernel;
		struct range initrd;
		int want;
	} cases[] = {
		{ "no page", KERNEL + 0x8000, { 0, 0 }, E_NO_STAGE },
		{ "too low", FOOTPRINT - 0x10000, { 0, 0 }, E_NO_STAGE },
		{ "initrd before it", KERNEL, { 0x100000, KERNEL - FOOTPRINT }, 0 },
		{ "initrd in it", KERNEL, { 0x100000, KERNEL - FOOTPRINT + 1 }, E_NO_STAGE },
		{ "pefboot in it", HOME + FOOTPRINT, { 0, 0 }, E_NO_STAGE },
		{ "pefboot behind it", HOME, { 0, 0 }, 0 },
		{ "no memory", GUEST_MEMORY + 0x10000, { 0, 0 }, E_NO_STAGE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t kbase;

		start(state);
		payload.kernel.start = cases[i].kernel;
		payload.initrd = cases[i].initrd;
		print_message("%s\n", cases[i].what);
		assert_int_equal(stage_place(&kbase, &machine, &payload), cases[i].want);
	}
}

/* An archive of nothing but its end: cpio(5). */
static void test_empty_initrd(void **state)
{
	struct cpio_header header;
	const uint8_t *at;
	struct range initrd;

	(void)state;
	memset(machine.home.scrap, 0x77, 1024);
	initrd = stage_empty_initrd(&machine.home);
	at = (const uint8_t *)initrd.start;
	assert_int_equal(range_size(initrd), 512);
	assert_true(cpio_read_header(&header, at, 512));
	assert_int_equal(header.file_size, 0);
	assert_int_equal(header.name_size, sizeof(CPIO_TRAILER));
	assert_string_equal(at + CPIO_HEADER, CPIO_TRAILER);
	for (size_t i = CPIO_HEADER + header.name_size; i < 512; i++)
		assert_int_equal(at[i], 0);
	assert_int_equal(at[512], 0x77);
}

/* What an ultravisor must not use for itself while it measures: docs/memory-map.md. */
static void test_reserve(void **state)
{
	struct ranges own;

	(void)state;
	payload.initrd = (struct range){ 0x2400000, 0x2500000 };
	stage_reserve(&own, &machine, &payload, KERNEL - FOOTPRINT);
	assert_int_equal(own.count, 4);
	assert_true(ranges_contain(&own, (struct range){ HOME, machine.home.rtas - 0x1000 }));
	assert_true(ranges_contain(&own, (struct range){ KERNEL - FOOTPRINT, KERNEL - 0x1000 }));
	assert_null(ranges_hit(&own, (struct range){ machine.home.rtas, machine.home.all.end }));
	assert_non_null(ranges_hit(&own, payload.kernel));
	assert_non_null(ranges_hit(&own, payload.initrd));
}

/* An archive that ends in the middle of its second header, right before memory that is not there. */
static void test_archive_at_the_end(void **state)
{
	uint8_t *page = mmap(NULL, 0x2000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_int_equal(munmap(page + 0x1000, 0x1000), 0);
	for (uint64_t size = 0; size <= CPIO_HEADER; size++) {
		uint8_t *second = page + 0x1000 - size, *first = second - 112;

		memset(page, '0', 0x1000);
		memcpy(first, "070701", 6);
		first[101] = '2';		/* bytes of its name, with the NUL */
		memcpy(first + CPIO_HEADER, "a", 2);
		memcpy(second, "070701", size < 6 ? size : 6);
		payload.initrd = (struct range){ (uintptr_t)first, (uintptr_t)second + size };
		assert_int_equal(blob_find_archive(&payload), 0);
		assert_int_equal(range_size(payload.blob) + payload.archive, 0);
	}
	munmap(page, 0x1000);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_place), TEST(test_no_place), TEST(test_empty_initrd), TEST(test_reserve), TEST(test_archive_at_the_end),
	};

	return RUN(tests);
}
