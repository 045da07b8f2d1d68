/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the search for something to boot works on: a part of a disk, and memory for as long as it
 * lasts.
 */
#ifndef BOOT_NORMAL_DISK_SCRATCH_H
#define BOOT_NORMAL_DISK_SCRATCH_H

#include "lib/bundle.h"
#include "virtio/disk.h"

/* A part of a disk that may hold a boot image, in bytes. */
struct extent {
	uint64_t start, size;
	const char *kind;	/* "disk", "mbr" or "gpt", for the log */
};

#define EXTENTS_MAX  16
#define GPT_TABLE_MAX 0x20000UL	/* bytes of entries; 128 of them, the usual number, take 16 KiB */
#define UNITS_MAX    256
#define SCRATCH_ALIGN 4096
#define GPT_HEADER_MIN 92	/* UEFI 2.10 table 5.5 */
#define MBR_TABLE_SIZE 72	/* disk signature, partitions, 0xaa55: to the end of the block */

/*
 * What the search needs for as long as it lasts. The devices reach dma, and what is read; each has
 * been reset before the next is tried.
 */
struct disk_scratch {
	uint8_t dma[DISK_MEMORY] __attribute__((aligned(SCRATCH_ALIGN)));
	uint8_t head[BUNDLE_HEAD] __attribute__((aligned(SCRATCH_ALIGN)));
	uint8_t table[GPT_TABLE_MAX] __attribute__((aligned(SCRATCH_ALIGN)));
	struct disk_host host;
	struct disk_unit unit[UNITS_MAX];
	/* what describes the disk's partitions, for measured boot; GPT's entries are in table */
	const char *kind;		/* of the extent that was loaded */
	uint8_t mbr_table[MBR_TABLE_SIZE], gpt_header[GPT_HEADER_MIN];
};

#endif /* BOOT_NORMAL_DISK_SCRATCH_H */
