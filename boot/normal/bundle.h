/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot bundle, from disk or as kexec and others have loaded it: in memory it lies as in the file.
 */
#ifndef BOOT_NORMAL_BUNDLE_H
#define BOOT_NORMAL_BUNDLE_H

#include "boot/normal/disk_scratch.h"
#include "boot/normal/machine.h"

/*
 * bundle_load() - the bundle of one extent: into memory by one read, kernel and initrd found in it,
 * its command line put into the tree.
 * Returns 0, E_NO_BOOT_IMAGE where the extent begins with something else, or what is wrong with it.
 */
int bundle_load(struct payload *payload, struct machine *machine, struct disk *disk,
		struct extent extent, uint8_t head[BUNDLE_HEAD]);

/*
 * bundle_take() - machine->home.bundle, where it lies, unless that will not do: it has to be 64 KiB
 * aligned and below REAL_MODE_CEILING. Otherwise as bundle_load().
 */
int bundle_take(struct payload *payload, struct machine *machine);

#endif /* BOOT_NORMAL_BUNDLE_H */
