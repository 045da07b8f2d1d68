/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Client-architecture-support: what a kernel can do meets what the platform offers, and the
 * platform rebuilds itself (MMU, interrupt controller, CPU compatibility) and its tree.
 */
#ifndef BOOT_CAS_H
#define BOOT_CAS_H

#include "boot/state.h"

/*
 * cas() - negotiate as Linux would, by the hypercall behind ibm,client-architecture-support.
 * @home:    home->tree is replaced by the tree that comes back, with the properties of the old
 *           /chosen that it lacks; the old one is then home->spare
 * Returns 0, E_CAS_REFUSED, E_CAS_TREE or E_TREE_EDIT.
 * Must be called while all other CPUs are stopped. Source: facts of QEMU hw/ppc/spapr_hcall.c
 * (do_client_architecture_support), LoPAR B.6.2.3.
 */
int cas(struct home *home, const struct options *options);

#endif /* BOOT_CAS_H */
