// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: of any master boot record: PReP partitions found lie on the disk and none over another
 * bounds: every record; a disk of any size, blocks of 512, 2048 or 4096 bytes
 * sources: lib/range.c
 * cbmc: --unwind 5 --slice-formula
 * run: all
 */
#include "boot/normal/disk_mbr.c"

#include "tests/host/prove/prove.h"

static uint8_t mbr[MBR_BLOCK];

int gpt_find_prep(struct disk *disk, struct disk_scratch *where, struct extent *extents,
		  uint32_t *count)
{
	(void)disk;
	(void)where;
	(void)extents;
	*count = 0;
	return 0;
}

int main(void)
{
	uint32_t block = any_bool() ? 512 : any_bool() ? 2048 : 4096, count = 0;
	struct disk disk = { .blocks = any64(), .block_size = block };
	struct extent extents[MBR_ENTRIES];

	given(disk.blocks > 0 && disk.blocks <= UINT64_MAX / block);
	any_value(mbr);
	if (read_entries(&disk, mbr, extents, &count))
		return 0;
	claim(count <= MBR_ENTRIES);
	for (uint32_t i = 0; i < count; i++) {
		claim(extents[i].start >= 512 && extents[i].size > 0);
		claim(extents[i].size <= disk_size(&disk));
		claim(extents[i].start <= disk_size(&disk) - extents[i].size);
		for (uint32_t j = 0; j < i; j++)
			claim(extents[i].start + extents[i].size <= extents[j].start ||
			      extents[j].start + extents[j].size <= extents[i].start);
	}
	return 0;
}
