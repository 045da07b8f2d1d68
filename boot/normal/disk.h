/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Booting from disk: which disk, and which part of it. */
#ifndef BOOT_NORMAL_DISK_H
#define BOOT_NORMAL_DISK_H

#include "boot/normal/disk_scratch.h"
#include "boot/normal/machine.h"

/*
 * disk_boot() - step 3 where QEMU was given no -kernel: the first disk with a good boot bundle. The
 * one that Open Firmware started us from comes first, then those with a bootindex and in its order,
 * then virtio-blk, then virtio-scsi in the order of the tree. What is wrong with a disk is said in
 * a notice, and the next one is tried.
 * @bus: the virtio functions   @scratch: not in use by anybody else
 * Returns 0, E_NO_KERNEL (there is no disk), or the first error met, E_NO_BOOT_IMAGE if there was
 * none.
 */
int disk_boot(struct payload *payload, struct machine *machine, struct pci_bus *bus,
	      struct disk_scratch *scratch);

#endif /* BOOT_NORMAL_DISK_H */
