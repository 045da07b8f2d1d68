/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_NORMAL_DISK_MBR_H
#define BOOT_NORMAL_DISK_MBR_H

#include "boot/normal/disk_scratch.h"

/*
 * mbr_find_prep() - the PReP partitions of a disk by its partition table: MBR, or the GPT that a
 * protective MBR announces.
 * @scratch: head holds the first bytes of the disk, at least two blocks
 * Returns 0 (@count may be 0: no table, or none in it), E_PARTITIONS or an error of disk_read().
 */
int mbr_find_prep(struct disk *disk, struct disk_scratch *scratch, struct extent *extents,
		  uint32_t *count);

#endif /* BOOT_NORMAL_DISK_MBR_H */
