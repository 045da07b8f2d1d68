/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device trees on their way from QEMU to the guest. */
#ifndef ULTRAVISOR_CALLS_TREE_H
#define ULTRAVISOR_CALLS_TREE_H

#include <stdbool.h>

/* Does this machine offer XIVE only? */
bool tree_xive_only(const void *tree);

/*
 * Turn an opened tree (fdt_open_into) into the guest's: its own memory only, no nesting, no XIVE,
 * no hash page table, no services that the ultravisor refuses. Packs it. Returns 0 or -FDT_ERR_*.
 */
int tree_trim(void *tree);

/* Replace /chosen/bootargs. */
int tree_set_bootargs(void *tree, const char *text);

#endif /* ULTRAVISOR_CALLS_TREE_H */
