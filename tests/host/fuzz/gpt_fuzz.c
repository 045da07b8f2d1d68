// SPDX-License-Identifier: GPL-2.0-or-later
/* A disk with any bytes where a partition table is; digests are made right, or nothing would be seen. */
#include "abi/virtio.h"
#include "boot/normal/disk_mbr.h"
#include "lib/crc32.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "tests/host/fake/fake.h"
#include "tests/host/fuzz/fuzz.h"

#define BLOCKS 24U
#define BLOCK  512U
#define ENTRIES_AT (2 * BLOCK)

static uint8_t contents[BLOCKS * BLOCK];
static struct disk_scratch scratch;

/* disk_read() without a device: this harness is linked with it instead of virtio/disk.c. */
int disk_read(struct disk *disk, uint64_t offset, void *to, uint64_t size)
{
	if (size > disk_size(disk) || offset > disk_size(disk) - size)
		return E_DISK_READ;
	memcpy(to, contents + offset, size);
	return 0;
}

static void seal(void)
{
	uint8_t *header = contents + BLOCK;
	uint64_t lba = le64_load(header + 72), bytes = (uint64_t)le32_load(header + 80) * le32_load(header + 84);
	uint32_t size = le32_load(header + 12);

	if (lba < BLOCKS && bytes <= (BLOCKS - lba) * BLOCK)
		le32_store(header + 88, crc32(contents + lba * BLOCK, bytes));
	le32_store(header + 16, 0);
	if (size <= BLOCK)
		le32_store(header + 16, crc32(header, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk disk = { .blocks = BLOCKS, .block_size = BLOCK };
	struct extent extents[EXTENTS_MAX];
	struct input input = { data, size };
	uint64_t first = take(&input, 1);
	uint32_t count = 0;
	int rc;

	memset(contents, 0, sizeof(contents));
	/* the four entries of an MBR, 92 bytes of a header, the rest entries */
	for (size_t i = 0; i < 64; i++)
		contents[446 + i] = (uint8_t)take(&input, 1);
	contents[510] = 0x55, contents[511] = 0xaa;
	if (first & 1)
		contents[446 + 4] = 0xee;
	for (size_t i = 0; i < 92; i++)
		contents[BLOCK + i] = (uint8_t)take(&input, 1);
	memcpy(contents + ENTRIES_AT, input.at, input.left < sizeof(contents) - ENTRIES_AT ? input.left :
	       sizeof(contents) - ENTRIES_AT);
	if (first & 2) {
		memcpy(contents + BLOCK, "EFI PART", 8);
		le64_store(contents + BLOCK + 24, 1);
		seal();
	}
	memcpy(scratch.head, contents, 1024);
	rc = mbr_find_prep(&disk, &scratch, extents, &count);
	MUST(rc == 0 || rc == E_PARTITIONS || rc == E_DISK_READ);
	MUST(count <= EXTENTS_MAX);
	for (uint32_t i = 0; rc == 0 && i < count; i++)
		MUST(extents[i].size && extents[i].start + extents[i].size > extents[i].start &&
		     extents[i].start + extents[i].size <= BLOCKS * BLOCK);
	return 0;
}
