/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is measured of the disk that we boot from, other than the bundle: its partition table. */
#ifndef BOOT_NORMAL_MEASURED_DISK_H
#define BOOT_NORMAL_MEASURED_DISK_H

#include "boot/normal/disk_scratch.h"
#include "lib/range.h"

/*
 * measured_disk_table() - after disk_boot() has returned 0.
 * @type:  EV_* of abi/vtpm.h   @table: what goes into register and log, in @scratch; empty where
 *         the bundle takes the whole disk
 * Returns 0, or E_TPM_LOG where the table is too large.
 */
int measured_disk_table(struct disk_scratch *scratch, uint32_t *type, struct range *table);

#endif /* BOOT_NORMAL_MEASURED_DISK_H */
