/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Booting from disk: which disk, which part of it, and what to make of it. */
#ifndef BOOT_NORMAL_DISK_H
#define BOOT_NORMAL_DISK_H

#include "boot/state.h"
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
 * What the search needs for as long as it lasts. The devices reach dma, and what is read; each has been
 * reset before the next is tried.
 */
struct disk_scratch {
	uint8_t dma[DISK_MEMORY] __attribute__((aligned(SCRATCH_ALIGN)));
	uint8_t head[BUNDLE_HEAD] __attribute__((aligned(SCRATCH_ALIGN)));
	uint8_t table[GPT_TABLE_MAX] __attribute__((aligned(SCRATCH_ALIGN)));
	struct disk_host host;
	struct disk_unit unit[UNITS_MAX];
};

/*
 * disk_boot() - step 3 where QEMU was given no -kernel: the first disk with a good boot bundle. The one that
 * Open Firmware started us from comes first, then those with a bootindex and in its order, then virtio-blk, then virtio-scsi in the order of the tree.
 * What is wrong with a disk is said in a notice, and the next one is tried.
 * Returns 0, E_NO_KERNEL (there is no disk), or the first error met, E_NO_BOOT_IMAGE if there was none.
 */
int disk_boot(struct payload *payload, const struct machine *machine);

/*
 * partitions_find() - the PReP partitions of a disk by its partition table: MBR, or GPT with its backup.
 * @scratch: head holds the first bytes of the disk, at least two blocks
 * Returns 0 (@count may be 0: no table, or none in it), E_PARTITIONS or an error of disk_read().
 */
int partitions_find(struct disk *disk, struct disk_scratch *scratch, struct extent *extents, uint32_t *count);

/* The same for a GPT, which a protective MBR announces. boot/normal/disk_gpt.c */
int gpt_find(struct disk *disk, struct disk_scratch *scratch, struct extent *extents, uint32_t *count);

/*
 * bundle_load() - the bundle of one extent: into memory by one read, kernel and initrd found in it,
 * its command line put into the tree.
 * Returns 0, E_NO_BOOT_IMAGE where the extent begins with something else, or what is wrong with it.
 */
int bundle_load(struct payload *payload, const struct machine *machine, struct disk *disk,
		struct extent extent, uint8_t head[BUNDLE_HEAD]);

/* True if the image at @image, entered by @door, is a boot bundle that its loader put there whole. */
bool bundle_came(uint64_t door, uint64_t image);

/* The memory it takes, or pefboot alone with its @footprint where it is none or not a sound one. */
struct range bundle_here(uint64_t door, uint64_t image, uint64_t footprint);

/*
 * bundle_take() - the bundle that machine->home.origin is, where it lies, unless that will not do: it has to be 64 KiB
 * aligned and below REAL_MODE_CEILING. Otherwise as bundle_load().
 */
int bundle_take(struct payload *payload, const struct machine *machine);

#endif /* BOOT_NORMAL_DISK_H */
