/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The door of Open Firmware: what it knows becomes a flat tree, as QEMU hands it over by -bios;
 * then it is asked to end, and its memory and its devices are ours.
 */
#ifndef BOOT_DOORS_OPEN_FIRMWARE_H
#define BOOT_DOORS_OPEN_FIRMWARE_H

#include "lib/range.h"

/*
 * open_firmware_leave() - the whole of it.
 * @tree:   set to the tree, in memory that stays ours; /chosen has linux,initrd-*, and not
 *          qemu,boot-kernel
 * @client: the client interface   @initrd: r3 and r4 at entry; empty if there is none
 * @image:  ourselves, with all that came along
 * Returns 0, E_OF_*, E_OPTION, E_CAS_REFUSED, E_TREE_EDIT or an error of bus_find().
 */
int open_firmware_leave(const void **tree, uint64_t client, struct range initrd,
			struct range image);

#endif /* BOOT_DOORS_OPEN_FIRMWARE_H */
