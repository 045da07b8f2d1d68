/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device tree of Open Firmware as one flat block (Devicetree Specification 0.4, chapter 5). */
#ifndef BOOT_DOORS_OF_TREE_H
#define BOOT_DOORS_OF_TREE_H

#include <stdint.h>

#include "boot/doors/home.h"
#include "boot/doors/of.h"

/* of a property, with its NUL: Linux MAX_PROPERTY_NAME, QEMU hw/ppc/vof.c */
#define OF_NAME_MAX  64
#define OF_PATH_MAX  256	/* QEMU hw/ppc/vof.c VOF_MAX_PATH */
#define OF_DEPTH_MAX 16
#define OF_NODES_MAX 16384
#define OF_PROPS_MAX 512	/* of a node */
#define OF_NAMES_SPACE 0x10000U	/* bytes of all names of properties */
#define OF_NAMES_SLOTS 4096U	/* a power of two, more than there are different names */

/* What is in use while the tree is made; lies in memory that Open Firmware gave us. */
struct of_flat {
	uint8_t tree[TREE_SPACE] __attribute__((aligned(8)));
	struct of *of;
	uint32_t at, names_end;		/* bytes used: of tree, of names */
	uint32_t nodes, slots;
	uint32_t slot[OF_NAMES_SLOTS];	/* offset of a name in names + 1; 0: free */
	char names[OF_NAMES_SPACE];
	char path[OF_PATH_MAX + 1];
	char name[2][OF_NAME_MAX];	/* of the property at hand and of the one before */
};

/*
 * of_flatten() - all nodes and all properties in their order, except "name", which a flat tree
 * encodes in the node. The handle of a node is its phandle, unless it has one of its own.
 * @flat: zeros, with its of
 * Returns 0, E_OF_CALL, E_OF_TREE (an invalid answer) or E_OF_SIZE (too many or too large).
 */
int of_flatten(struct of_flat *flat);

#endif /* BOOT_DOORS_OF_TREE_H */
