/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_NORMAL_DISK_GPT_H
#define BOOT_NORMAL_DISK_GPT_H

#include "boot/normal/disk_scratch.h"

/* gpt_find_prep() - mbr_find_prep() for a GPT, or its backup where that one is broken. */
int gpt_find_prep(struct disk *disk, struct disk_scratch *scratch, struct extent *extents,
		  uint32_t *count);

#endif /* BOOT_NORMAL_DISK_GPT_H */
