/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts into the guest's memory what it starts with. */
#ifndef ULTRAVISOR_START_PLACE_H
#define ULTRAVISOR_START_PLACE_H

#include <stdint.h>

/* Its firmware, at its address 0, where QEMU would have put it. Stops with E_UV_FIRMWARE. */
void place_firmware(void);

/* platform.tree, where QEMU would have put it. Returns the address. */
uint64_t place_tree(void);

#endif /* ULTRAVISOR_START_PLACE_H */
