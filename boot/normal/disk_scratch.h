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
};

#endif /* BOOT_NORMAL_DISK_SCRATCH_H */
