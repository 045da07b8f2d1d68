/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Imported by nobody: boot/doors/head.S calls it. */
#ifndef BOOT_MAIN_H
#define BOOT_MAIN_H

#include <stdint.h>

/*
 * boot_start() - all entries come here, in 64-bit big-endian real mode, with a stack.
 * @door:  DOOR_*   @image: where the image is
 * @r3:    at entry: the flat tree; of Open Firmware an initrd, or 0; of DOOR_HOME a struct arrival
 * @r4:    of Open Firmware: bytes of the initrd   @r5: of Open Firmware: its client interface
 */
_Noreturn void boot_start(uint64_t door, uint64_t image, uint64_t r3, uint64_t r4, uint64_t r5);

#endif /* BOOT_MAIN_H */
