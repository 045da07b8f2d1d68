// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GUID partition table: UEFI Specification 2.10, 5.3. Little-endian; addresses are blocks of the
 * disk.
 */
#include "boot/normal/disk_gpt.h"

#include "lib/crc32.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/range.h"
#include "lib/string.h"

/* Header, table 5.5 */
#define GPT_SIGNATURE	   "EFI PART"
#define GPT_HEADER_SIZE	   12	/* 32 bits */
#define GPT_HEADER_CRC	   16	/* 32, of the header with this field 0 */
#define GPT_MY_LBA	   24	/* 64, and so for the next three */
#define GPT_FIRST_USABLE   40
#define GPT_LAST_USABLE	   48
#define GPT_ENTRIES_LBA	   72
/* GPT_ENTRY_COUNT, 32, GPT_ENTRY_SIZE: boot/normal/disk_gpt.h */
#define GPT_ENTRIES_CRC	   88
#define GPT_ENTRY_MIN	   128

/* Entry, table 5.6 */
#define GPT_TYPE	   0
#define GPT_START	   32	/* first block */
#define GPT_END		   40	/* last block, inclusive */
#define GUID_SIZE	   16

/* PReP boot, 9e1a2d38-c612-4316-aa26-8b49521e5a8b, as it lies on the disk */
static const uint8_t prep_guid[GUID_SIZE] = { 0x38, 0x2d, 0x1a, 0x9e, 0x12, 0xc6, 0x16, 0x43,
					      0xaa, 0x26, 0x8b, 0x49, 0x52, 0x1e, 0x5a, 0x8b };

struct gpt {
	uint64_t first, last, entries;	/* blocks: usable ones, and where the entries begin */
	uint32_t count, size, crc;	/* of the entries */
};

static int header_error(uint64_t lba, const char *what)
{
	return error(E_PARTITIONS, "GPT header in block %lu: %s", lba, what);
}

/* @header: a block, which is changed */
static int read_header(struct gpt *gpt, const struct disk *disk, uint8_t *header, uint64_t lba)
{
	uint32_t size = le32_load(header + GPT_HEADER_SIZE),
		 crc = le32_load(header + GPT_HEADER_CRC);
	uint64_t bytes;

	if (memcmp(header, GPT_SIGNATURE, 8) != 0)
		return header_error(lba, "no signature");
	if (size < GPT_HEADER_MIN || size > disk->block_size)
		return header_error(lba, "impossible size");
	le32_store(header + GPT_HEADER_CRC, 0);
	if (crc32(header, size) != crc)
		return header_error(lba, "wrong CRC");
	*gpt = (struct gpt){
		le64_load(header + GPT_FIRST_USABLE), le64_load(header + GPT_LAST_USABLE),
		le64_load(header + GPT_ENTRIES_LBA), le32_load(header + GPT_ENTRY_COUNT),
		le32_load(header + GPT_ENTRY_SIZE), le32_load(header + GPT_ENTRIES_CRC),
	};
	if (le64_load(header + GPT_MY_LBA) != lba)
		return header_error(lba, "it says that it is elsewhere");
	bytes = (uint64_t)gpt->count * gpt->size;
	if (gpt->size < GPT_ENTRY_MIN || gpt->size % 8 || bytes > GPT_TABLE_MAX)
		return header_error(lba, "too many entries, or too large");
	if (gpt->last >= disk->blocks || gpt->first > gpt->last || gpt->entries >= disk->blocks ||
	    bytes > (disk->blocks - gpt->entries) * disk->block_size)
		return header_error(lba, "it reaches past the end of the disk");
	return 0;
}

bool gpt_entry_is_used(const uint8_t *entry)
{
	static const uint8_t none[GUID_SIZE];

	return memcmp(entry + GPT_TYPE, none, GUID_SIZE) != 0;
}

/* Usable blocks only, and none of another partition's. */
static int check_entry(const struct gpt *gpt, const uint8_t *table, uint32_t index)
{
	const uint8_t *entry = table + index * gpt->size;
	uint64_t start = le64_load(entry + GPT_START), end = le64_load(entry + GPT_END);

	if (start > end || start < gpt->first || end > gpt->last)
		return error(E_PARTITIONS, "GPT: partition %u has blocks %lu to %lu", index + 1,
			     start, end);
	for (uint32_t i = 0; i < index; i++) {
		const uint8_t *other = table + i * gpt->size;

		if (gpt_entry_is_used(other) && start <= le64_load(other + GPT_END) &&
		    le64_load(other + GPT_START) <= end)
			return error(E_PARTITIONS, "GPT: partitions %u and %u overlap", i + 1,
				     index + 1);
	}
	return 0;
}

static int read_entries(const struct gpt *gpt, struct disk *disk, uint8_t *table,
			struct extent *extents, uint32_t *count)
{
	uint64_t block_size = disk->block_size;
	int rc =
		disk_read(disk, gpt->entries * block_size, table, (uint64_t)gpt->count * gpt->size);

	*count = 0;
	if (rc == 0 && crc32(table, (size_t)gpt->count * gpt->size) != gpt->crc)
		return error(E_PARTITIONS, "GPT: wrong CRC of the entries");
	for (uint32_t i = 0; rc == 0 && i < gpt->count; i++) {
		const uint8_t *entry = table + i * gpt->size;
		uint64_t start = le64_load(entry + GPT_START), end = le64_load(entry + GPT_END);

		if (!gpt_entry_is_used(entry))
			continue;
		rc = check_entry(gpt, table, i);
		if (rc == 0 && *count < EXTENTS_MAX &&
		    memcmp(entry + GPT_TYPE, prep_guid, GUID_SIZE) == 0)
			extents[(*count)++] =
				(struct extent){ start * block_size, (end - start + 1) * block_size,
						 "gpt" };
	}
	return rc;
}

static int read_table(struct disk *disk, struct disk_scratch *scratch, uint64_t lba,
		      struct extent *extents, uint32_t *count)
{
	struct gpt gpt;
	int rc = disk_read(disk, lba * disk->block_size, scratch->table, disk->block_size);

	if (rc == 0) {
		memcpy(scratch->gpt_header, scratch->table, GPT_HEADER_MIN);
		rc = read_header(&gpt, disk, scratch->table, lba);
	}
	return rc ? rc : read_entries(&gpt, disk, scratch->table, extents, count);
}

int gpt_find_prep(struct disk *disk, struct disk_scratch *scratch, struct extent *extents,
		  uint32_t *count)
{
	int rc = read_table(disk, scratch, 1, extents, count);

	/*
	 * Not sound: its backup is in the last block. A disk that cannot be read is another matter.
	 */
	if (rc == E_PARTITIONS)
		rc = read_table(disk, scratch, disk->blocks - 1, extents, count);
	return rc;
}
