/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /rtas of a secure guest's tree: what its values are to each other. */
#ifndef BOOT_SECURE_TREE_RTAS_H
#define BOOT_SECURE_TREE_RTAS_H

#include "fdt/node.h"

/*
 * No two calls have one token. An ultravisor knows a call by its token alone, and takes some of its
 * arguments for the guest's addresses (open-power/ultravisor: svm/svm-rtas.c): with the token of
 * nvram-fetch, a call with the number of a host bridge, which is the host's, is a write to memory.
 *
 * And Linux indexes by the NUMA tables what it does not look at (arch/powerpc/mm/numa.c): nodes are
 * numbered from 0, the distances are as many as there are pairs, and reference points are cells
 * that there are.
 *
 * Returns 0, E_VERIFY_TREE.
 */
int tree_check_rtas(const struct node *rtas);

/* Calls for a host bridge's DMA windows, which it names by token: those of /rtas. */
enum { WINDOW_QUERY, WINDOW_CREATE, WINDOW_REMOVE, WINDOW_RESET, WINDOW_CALLS };

/* Their tokens, 0 for one that there is not. */
void tree_window_calls(const struct node *rtas, uint32_t token[WINDOW_CALLS]);

/* Whether "ibm,ddw-applicable" and "ibm,ddw-extensions" of a bridge name these. */
bool tree_names_window_calls(const struct node *phb, const uint32_t token[WINDOW_CALLS]);

#endif /* BOOT_SECURE_TREE_RTAS_H */
