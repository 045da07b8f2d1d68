/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a tree in the normal world: fdt/outline.h, with an error number. */
#ifndef BOOT_NORMAL_TREE_OUTLINE_H
#define BOOT_NORMAL_TREE_OUTLINE_H

#include "fdt/outline.h"

/*
 * tree_outline() - check and read a tree of at most TREE_SPACE bytes; @scope as for dt_outline().
 * Returns 0, E_TREE_CORRUPT, E_TREE_CELLS, E_NO_MEMORY, E_NO_CPUS, E_PCI or E_TOO_MANY.
 */
int tree_outline(struct dt_outline *outline, const void *tree, enum dt_scope scope);

#endif /* BOOT_NORMAL_TREE_OUTLINE_H */
