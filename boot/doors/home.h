/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where pefboot itself, the device tree and RTAS lie. */
#ifndef BOOT_DOORS_HOME_H
#define BOOT_DOORS_HOME_H

#include "boot/state.h"

/*
 * What must stay reachable in real mode lies below: as high as an ultravisor accepts, which caps it at
 * 768 MiB (open-power/ultravisor svm/svm-fdt.c:355). Linux puts RTAS there, too.
 */
#define REAL_MODE_CEILING 0x30000000UL

/*
 * home_find() - choose a place clear of kernel, initrd, reservations, the tree and ourselves.
 * @tree:      the device tree as it was handed over, checked by its header only
 * @put:       where the image is now, with all that came along
 * @footprint: bytes that it takes with bss and stack, without
 * Returns 0, E_NO_TREE, E_NO_ROOM, E_TOO_MANY or an error of tree_outline().
 */
int home_find(struct home *home, const void *tree, struct range put, uint64_t footprint);

/* The same layout, for an image that has moved to @start. */
void home_at(struct home *home, uint64_t start, uint64_t footprint);

#endif /* BOOT_DOORS_HOME_H */
