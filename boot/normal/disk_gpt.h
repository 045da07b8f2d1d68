/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_NORMAL_DISK_GPT_H
#define BOOT_NORMAL_DISK_GPT_H

#include "boot/normal/disk_scratch.h"

/* In the header, after GPT_HEADER_MIN: entries, bytes of one; 32 bits each (UEFI 2.10 table 5.5) */
#define GPT_ENTRY_COUNT 80
#define GPT_ENTRY_SIZE	84

/* False for an entry that is free. */
bool gpt_entry_is_used(const uint8_t *entry);

/* gpt_find_prep() - mbr_find_prep() for a GPT, or its backup where that one is broken. */
int gpt_find_prep(struct disk *disk, struct disk_scratch *scratch, struct extent *extents,
		  uint32_t *count);

#endif /* BOOT_NORMAL_DISK_GPT_H */
