/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where pefboot itself, the device tree and RTAS lie. */
#ifndef BOOT_DOORS_HOME_H
#define BOOT_DOORS_HOME_H

#include "boot/doors/door.h"
#include "boot/handover.h"

/*
 * Home: the memory that pefboot takes for itself, out of everybody's way.
 *
 *	start	image, bss, stack	(footprint, 64 KiB aligned)
 *		tree			(TREE_SPACE) the device tree being made for the kernel
 *		spare			(TREE_SPACE) the tree that CAS returns
 *		scrap			(SCRAP_SPACE) edits and NVRAM at work; an empty initrd
 *		rtas			(RTAS_SPACE) stays the kernel's
 *	end
 */
#define SCRAP_SPACE 0x10000UL

struct home {
	struct range all, image;
	void *tree, *spare, *scrap;
	const void *handed;		/* the tree as handed over: in tree, later in spare */
	uint64_t rtas;
	uint64_t door;			/* DOOR_*: who started us */
	struct range bundle;		/* that came with us, where it was put; or empty */
};

/*
 * home_find() - choose a place clear of kernel, initrd, reservations, the tree and what came along.
 * @arrival: its tree is checked by its header only
 * Returns 0, E_NO_TREE, E_NO_ROOM, E_TOO_MANY or an error of tree_outline().
 */
int home_find(struct home *home, const struct arrival *arrival);

/* The same layout, for an image that has moved to @start. */
void home_at(struct home *home, uint64_t start);

#endif /* BOOT_DOORS_HOME_H */
