/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last edit of a tree that goes to the secure world. */
#ifndef BOOT_NORMAL_TREE_CANONICAL_H
#define BOOT_NORMAL_TREE_CANONICAL_H

#include "boot/doors/home.h"

/*
 * tree_canonicalise() - write the platform's tree anew, in the one form that the secure world takes
 * (fdt/schema.h); home->tree moves. Nodes that are left out are in the log, at level info.
 * Returns 0, E_CONTRACT for what is missing, E_TREE_EDIT, E_TOO_MANY.
 */
int tree_canonicalise(struct home *home);

#endif /* BOOT_NORMAL_TREE_CANONICAL_H */
