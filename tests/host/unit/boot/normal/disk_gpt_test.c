// SPDX-License-Identifier: GPL-2.0-or-later
/* Partition tables, read from a disk of the fake device. */
#include "abi/virtio.h"
#include "boot/normal/disk_mbr.h"
#include "lib/crc32.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "tests/host/fake/virtio.h"
#include "tests/host/unit/test.h"

#define F      fake_virtio
#define BLOCKS 2048U

static uint8_t *contents, *dma;
static struct disk_scratch *scratch;
static struct disk_host host;
static struct disk disk;
static struct extent extents[EXTENTS_MAX];
static uint32_t count, block;

static const uint8_t prep[16] = { 0x38, 0x2d, 0x1a, 0x9e, 0x12, 0xc6, 0x16, 0x43,
				  0xaa, 0x26, 0x8b, 0x49, 0x52, 0x1e, 0x5a, 0x8b };

static void empty(uint32_t block_size)
{
	if (!contents) {
		contents = fake_memory(BLOCKS * 4096);
		scratch = fake_memory(sizeof(*scratch));
		dma = fake_memory(DISK_MEMORY);
	}
	block = block_size;
	memset(contents, 0, BLOCKS * block);
	fake_reset();
	fake_virtio_reset(VIRTIO_ID_BLOCK, true);
	F.features |= VIRTIO_BLK_F_BLK_SIZE;
	F.disk = contents;
	F.disk_size = BLOCKS * block;
	F.block_size = block;
	le64_store(F.device_config, BLOCKS * block / 512);
	le32_store(F.device_config + VIRTIO_BLK_CFG_BLK_SIZE, block);
}

static int find(void)
{
	assert_int_equal(disk_host_open(&host, &F.bus, F.function, dma), 0);
	assert_int_equal(disk_open(&disk, &host, (struct disk_unit){ 0, 0 }), 0);
	memcpy(scratch->head, contents, 8192);
	return mbr_find_prep(&disk, scratch, extents, &count);
}

static uint8_t *table_at(bool backup)
{
	return contents + (backup ? BLOCKS - 1 - 16384 / block : 2) * (uint64_t)block;
}

static void entry(int index, const uint8_t *type, uint64_t start, uint64_t end)
{
	for (int backup = 0; backup < 2; backup++) {
		uint8_t *at = table_at(backup) + 128 * index;

		memcpy(at, type, 16);
		le64_store(at + 32, start);
		le64_store(at + 40, end);
	}
}

static uint8_t *header(bool backup)
{
	return contents + (backup ? BLOCKS - 1 : 1) * (uint64_t)block;
}

/* Seal a header: its digests become right, whatever it says. */
static void seal(bool backup)
{
	uint8_t *at = header(backup);

	le32_store(at + 88, crc32(table_at(backup), 16384));
	le32_store(at + 16, 0);
	le32_store(at + 16, crc32(at, le32_load(at + 12) <= block ? le32_load(at + 12) : 92));
}

static void gpt(void)
{
	fake_virtio_partition(0, 0xee, 1, BLOCKS - 1);
	for (int backup = 0; backup < 2; backup++) {
		uint8_t *at = header(backup);

		memcpy(at, "EFI PART", 8);
		le32_store(at + 12, 92);
		le64_store(at + 24, backup ? BLOCKS - 1 : 1);
		le64_store(at + 40, 40);
		le64_store(at + 48, BLOCKS - 40);
		le64_store(at + 72, (uint64_t)(table_at(backup) - contents) / block);
		le32_store(at + 80, 128);
		le32_store(at + 84, 128);
		seal(backup);
	}
}

static void test_crc(void **state)
{
	(void)state;
	assert_int_equal(crc32("123456789", 9), 0xcbf43926);	/* the check value of CRC-32 */
	assert_int_equal(crc32("", 0), 0);
}

/* An MBR counts in blocks of the disk, but on a CD-ROM in those of 512 bytes. */
static void test_mbr_block(void **state)
{
	static const uint32_t sizes[] = { 512, 1024, 2048, 4096 };

	(void)state;
	for (int i = 0; i < 4; i++) {
		uint64_t unit = sizes[i] == 2048 ? 512 : sizes[i];

		empty(sizes[i]);
		fake_virtio_partition(0, 0x41, 1001, (uint32_t)(BLOCKS * sizes[i] / unit - 1001));
		assert_int_equal(find(), 0);
		assert_int_equal(count, 1);
		assert_int_equal(extents[0].start, 1001 * unit);
		assert_int_equal(extents[0].start + extents[0].size, BLOCKS * sizes[i]);
		fake_virtio_partition(0, 0x41, 1001, (uint32_t)(BLOCKS * sizes[i] / unit - 1000));
		assert_int_equal(find(), E_PARTITIONS);
	}
}

static void test_mbr(void **state)
{
	(void)state;
	empty(512);
	assert_int_equal(find(), 0);
	assert_int_equal(count, 0);
	fake_virtio_partition(0, 0x83, 63, 100);
	fake_virtio_partition(2, 0x41, 200, 300);
	fake_virtio_partition(3, 0x41, 1000, BLOCKS - 1000);
	assert_int_equal(find(), 0);
	assert_int_equal(count, 2);
	assert_int_equal(extents[0].start, 200 * 512);
	assert_int_equal(extents[0].size, 300 * 512);
	assert_int_equal(extents[1].start, 1000 * 512);
	fake_virtio_partition(3, 0x41, 1000, BLOCKS - 999);
	assert_int_equal(find(), E_PARTITIONS);
	fake_virtio_partition(3, 0x41, 499, 10);
	assert_int_equal(find(), E_PARTITIONS);
	fake_virtio_partition(3, 0x41, 0, 10);
	assert_int_equal(find(), E_PARTITIONS);
	fake_virtio_partition(3, 0x41, 0xffffffff, 0xffffffff);
	assert_int_equal(find(), E_PARTITIONS);
	fake_virtio_partition(3, 0x41, 0xffffffff, 0);		/* not in use */
	assert_int_equal(find(), 0);
	assert_int_equal(count, 1);
	empty(4096);
	fake_virtio_partition(0, 0x41, 3, 5);
	assert_int_equal(find(), 0);
	assert_int_equal(extents[0].start, 3 * 4096);
}

static void test_gpt(void **state)
{
	(void)state;
	for (uint32_t size = 512; size <= 4096; size *= 8) {
		empty(size);
		entry(0, (const uint8_t *)"anything at all!", 40, 50);
		entry(5, prep, 60, 79);
		entry(127, prep, 80, BLOCKS - 40);
		gpt();
		assert_int_equal(find(), 0);
		assert_int_equal(count, 2);
		assert_int_equal(extents[0].start, 60 * size);
		assert_int_equal(extents[0].size, 20 * size);
		assert_int_equal(extents[1].size, (BLOCKS - 40 - 79) * size);
	}
}

static void test_backup(void **state)
{
	(void)state;
	for (size_t at = 0; at < 92; at++) {	/* any bit of the header */
		empty(512);
		entry(0, prep, 60, 79);
		gpt();
		header(false)[at] ^= 0x10;
		assert_int_equal(find(), 0);
		assert_int_equal(count, 1);
	}
	empty(512);
	entry(0, prep, 60, 79);
	gpt();
	table_at(false)[0] ^= 1;		/* of its entries */
	assert_int_equal(find(), 0);
	assert_int_equal(count, 1);
	header(true)[0] ^= 1;
	assert_int_equal(find(), E_PARTITIONS);
	memset(contents + 512, 0, (BLOCKS - 1) * 512);
	assert_int_equal(find(), E_PARTITIONS);
	F.evil = STATUS_ERROR;			/* no table is one thing, no disk another */
	assert_int_equal(find(), E_DISK_READ);
}

/* A field that is wrong in both headers, with digests that fit. */
static void field(uint32_t at, uint32_t size, uint64_t value, int rc)
{
	empty(512);
	entry(0, prep, 60, 79);
	gpt();
	for (int backup = 0; backup < 2; backup++) {
		if (size == 4)
			le32_store(header(backup) + at, (uint32_t)value);
		else
			le64_store(header(backup) + at, value);
		seal(backup);
	}
	assert_int_equal(find(), rc);
}

static void test_fields(void **state)
{
	static const struct {
		uint32_t at, size;
		uint64_t value;
	} bad[] = {
		{ 12, 4, 91 }, { 12, 4, 513 }, { 12, 4, UINT32_MAX }, { 24, 8, 7 }, { 40, 8, BLOCKS }, { 40, 8, UINT64_MAX },
		{ 48, 8, BLOCKS }, { 48, 8, UINT64_MAX }, { 72, 8, BLOCKS }, { 72, 8, UINT64_MAX }, { 72, 8, BLOCKS - 1 },
		{ 80, 4, UINT32_MAX }, { 80, 4, 0x02000000 }, { 80, 4, 1025 }, { 84, 4, 0 }, { 84, 4, 127 }, { 84, 4, 129 },
		{ 84, 4, UINT32_MAX - 7 }, { 84, 4, 0x80000000 }, { 80, 4, 127 } /* CRC of the entries */,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		field(bad[i].at, bad[i].size, bad[i].value, E_PARTITIONS);
	field(8, 4, 0x20000, 0);	/* the revision does not matter */
}

static void entries(uint64_t start, uint64_t end, int rc)
{
	empty(512);
	entry(1, (const uint8_t *)"anything at all!", 100, 200);
	entry(2, prep, start, end);
	gpt();
	assert_int_equal(find(), rc);
	if (rc == 0)
		assert_int_equal(count, 1);
}

static void test_entries(void **state)
{
	(void)state;
	entries(201, 300, 0);
	entries(40, 99, 0);
	entries(200, 300, E_PARTITIONS);
	entries(50, 100, E_PARTITIONS);
	entries(120, 130, E_PARTITIONS);
	entries(50, 300, E_PARTITIONS);
	entries(300, 299, E_PARTITIONS);
	entries(39, 50, E_PARTITIONS);
	entries(300, BLOCKS - 39, E_PARTITIONS);
	entries(300, UINT64_MAX, E_PARTITIONS);
	entries(UINT64_MAX, UINT64_MAX, E_PARTITIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_crc), TEST(test_mbr), TEST(test_mbr_block), TEST(test_gpt), TEST(test_backup), TEST(test_fields), TEST(test_entries),
	};

	return RUN(tests);
}
