// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The master boot record: four primary partitions. Its numbers are little-endian blocks of the
 * disk; on a CD-ROM, whose image shall do as a disk, too, they are those of a disk: 512 bytes
 * (xorriso -append_partition).
 */
#include "boot/normal/disk_mbr.h"

#include "boot/normal/disk_gpt.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/range.h"
#include "lib/string.h"

#define MBR_SIGNATURE_AT 510
#define MBR_SIGNATURE	 0xaa55
#define MBR_ENTRY_AT	 446
#define MBR_ENTRY_SIZE	 16
#define MBR_ENTRIES	 4
#define MBR_TYPE	 4	/* in an entry */
#define MBR_START	 8
#define MBR_BLOCKS	 12
#define MBR_TYPE_PREP	 0x41
#define MBR_TYPE_GPT	 0xee
#define MBR_BLOCK	 512
#define CD_BLOCK	 2048	/* ISO 9660 */

/* One entry as a range of bytes; empty where it is not in use. */
static int read_entry(const struct disk *disk, const uint8_t *entry, struct range *range)
{
	uint64_t start = le32_load(entry + MBR_START), blocks = le32_load(entry + MBR_BLOCKS);
	uint64_t unit = disk->block_size == CD_BLOCK ? MBR_BLOCK : disk->block_size;

	*range = (struct range){ 0, 0 };
	if (entry[MBR_TYPE] == 0 || blocks == 0)
		return 0;
	if (start == 0 || start + blocks > disk_size(disk) / unit)
		return error(E_PARTITIONS, "MBR: %lu blocks at %lu of a disk of %lu", blocks, start,
			     disk_size(disk) / unit);
	*range = (struct range){ start * unit, (start + blocks) * unit };
	return 0;
}

static int read_entries(const struct disk *disk, const uint8_t *mbr, struct extent *extents,
			uint32_t *count)
{
	struct range range[MBR_ENTRIES];

	for (uint32_t i = 0; i < MBR_ENTRIES; i++) {
		const uint8_t *entry = mbr + MBR_ENTRY_AT + i * MBR_ENTRY_SIZE;
		int rc = read_entry(disk, entry, &range[i]);

		if (rc)
			return rc;
		for (uint32_t j = 0; j < i; j++)
			if (range_overlaps(range[i], range[j]))
				return error(E_PARTITIONS, "MBR: partitions %u and %u overlap",
					     j + 1, i + 1);
		if (entry[MBR_TYPE] == MBR_TYPE_PREP && range_size(range[i]))
			extents[(*count)++] =
				(struct extent){ range[i].start, range_size(range[i]), "mbr" };
	}
	return 0;
}

int mbr_find_prep(struct disk *disk, struct disk_scratch *scratch, struct extent *extents,
		  uint32_t *count)
{
	const uint8_t *mbr = scratch->head;

	*count = 0;
	if (le16_load(mbr + MBR_SIGNATURE_AT) != MBR_SIGNATURE)
		return 0;
	for (uint32_t i = 0; i < MBR_ENTRIES; i++)
		if (mbr[MBR_ENTRY_AT + i * MBR_ENTRY_SIZE + MBR_TYPE] == MBR_TYPE_GPT)
			return gpt_find_prep(disk, scratch, extents, count);
	memcpy(scratch->mbr_table, mbr + MBR_BLOCK - MBR_TABLE_SIZE, MBR_TABLE_SIZE);
	return read_entries(disk, mbr, extents, count);
}
