/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees: what comes in, and the one that leaves the normal world. */
#ifndef BOOT_NORMAL_TREE_H
#define BOOT_NORMAL_TREE_H

#include "boot/state.h"

/*
 * tree_outline() - check and read a tree (fdt/outline.h), of at most @most bytes.
 * Returns 0, E_TREE_CORRUPT, E_TREE_CELLS, E_NO_MEMORY, E_NO_CPUS, E_PCI or E_TOO_MANY.
 */
int tree_outline(struct dt_outline *outline, const void *tree, uint64_t most);

/* /chosen of that tree: where the kernel was loaded, two u64: address, bytes. */
#define DT_KERNEL "pefboot,kernel"

/* /chosen of that tree: when steps 1 to 4 came, four u64 in time base ticks. Goes into the record. */
#define DT_TIMES  "pefboot,times"
#define DT_TIMES_COUNT 4

/*
 * tree_finish() - make machine->home.tree what a kernel entered with a flat tree needs: RTAS
 * (linux,rtas-base, linux,rtas-entry, slof,rtas-size), reservations, the kernel's place; and send
 * it to QEMU (H_UPDATE_DT), which looks RTAS up there for FWNMI (hw/ppc/spapr_rtas.c).
 * @own: further reservations, see tree_own()
 * Returns 0, E_TREE_EDIT or E_UPDATE_DT.
 */
int tree_finish(const struct machine *machine, const struct payload *payload,
		const struct ranges *own);

/*
 * Reservations that keep an ultravisor from putting its shared pages over us: it allocates what is
 * not reserved (open-power/ultravisor svm/svm-fdt.c). Their ends are not aligned to its pages, so that
 * the secure stage can tell them from those it must respect.
 */
struct range tree_own(struct range range);
bool tree_is_own(struct range reservation);

/*
 * tree_check_contract() - would a real ultravisor accept machine->home.tree? It wants memory@0 at
 * 0, the twelve RTAS calls whose buffers it bounces, and an initrd (open-power/ultravisor
 * svm/svm-fdt.c:319-408, svm/svm-rtas-hdlr.c:695-760). Returns 0 or E_CONTRACT with what is missing.
 */
int tree_check_contract(const struct machine *machine);

#endif /* BOOT_NORMAL_TREE_H */
