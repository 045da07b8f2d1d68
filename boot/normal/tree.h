/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree that leaves the normal world. */
#ifndef BOOT_NORMAL_TREE_H
#define BOOT_NORMAL_TREE_H

#include "boot/normal/machine.h"

/*
 * tree_finish() - make machine->home.tree what a kernel entered with a flat tree needs: RTAS
 * (linux,rtas-base, linux,rtas-entry, slof,rtas-size), reservations, the kernel's place; and send
 * it to QEMU (H_UPDATE_DT), which looks RTAS up there for FWNMI (hw/ppc/spapr_rtas.c).
 * @own: further reservations, see handover_reservation()
 * Returns 0, E_TREE_EDIT or E_UPDATE_DT.
 */
int tree_finish(struct machine *machine, const struct payload *payload, const struct ranges *own,
		bool secure);

#endif /* BOOT_NORMAL_TREE_H */
