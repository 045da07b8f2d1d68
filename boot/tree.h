/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees: what comes in, and the one that leaves the normal world. */
#ifndef BOOT_TREE_H
#define BOOT_TREE_H

#include "boot/state.h"

/*
 * tree_outline() - check and read a tree (fdt/outline.h), of at most @most bytes.
 * Returns 0, E_TREE_CORRUPT, E_TREE_CELLS, E_NO_MEMORY or E_TOO_MANY.
 */
int tree_outline(struct dt_outline *outline, const void *tree, uint64_t most);

/* /chosen of that tree: where the kernel was loaded, two u64: address, bytes. */
#define DT_KERNEL "pefboot,kernel"

/*
 * tree_finish() - make machine->home.tree what a kernel entered with a flat tree needs: RTAS
 * (linux,rtas-base, linux,rtas-entry, slof,rtas-size), reservations, the kernel's place; and send
 * it to QEMU (H_UPDATE_DT), which looks RTAS up there for FWNMI (hw/ppc/spapr_rtas.c).
 * Returns 0, E_TREE_EDIT or E_UPDATE_DT.
 */
int tree_finish(const struct machine *machine, const struct payload *payload);

#endif /* BOOT_TREE_H */
