/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Through the door: what was running before us ends. */
#ifndef BOOT_DOORS_ARRIVE_H
#define BOOT_DOORS_ARRIVE_H

#include "boot/doors/door.h"

/* Registers at entry, as boot/doors/head.S keeps them. */
struct entry_registers {
	uint64_t door;			/* DOOR_*, by what head.S looked at */
	uint64_t image;			/* where the image is */
	uint64_t r3, r4, r5;
};

/*
 * arrive() - afterwards the machine is as after a reset: exceptions come in big-endian real mode,
 * there is no Open Firmware, and the tree is flat. The other CPUs of kexec still run
 * (boot/doors/kexec_cpus.h).
 * Returns 0, E_INITRD_RANGE or an error of open_firmware_leave().
 */
int arrive(struct arrival *arrival, const struct entry_registers *entry);

#endif /* BOOT_DOORS_ARRIVE_H */
