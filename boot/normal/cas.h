/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Client-architecture-support: what a kernel can do meets what the platform offers, and the
 * platform rebuilds itself (MMU, interrupt controller, CPU compatibility) and its tree.
 */
#ifndef BOOT_NORMAL_CAS_H
#define BOOT_NORMAL_CAS_H

#include "boot/normal/machine.h"
#include "lib/endian.h"

/*
 * The argument of ibm,client-architecture-support: processors, then option vectors, each preceded
 * by its length minus one. LoPAR B.6.2.3; Linux prom_init.c ibm_architecture_vec_template.
 */
struct pvr {
	be32 mask, value;
};

struct cas_vectors {
	struct pvr pvr[5];
	uint8_t vectors_less_1;
	struct { uint8_t less_1, ignore, versions, versions3; } v1;
	struct { uint8_t less_1, ignore; } v2, v3, v4;
	uint8_t v5[27];		/* [0] is its length less 1, [n] the book's byte n: OV5_* */
};
_Static_assert(sizeof(struct cas_vectors) == 5 * 8 + 1 + 4 + 3 * 2 + 27 + 2, "tail padding only");

/*
 * cas_ask() - what to ask for.
 * @support: @size bytes of /chosen/ibm,arch-vec-5-platform-support
 * Returns 0, or E_CAS_REFUSED where @options want what is not offered.
 */
int cas_ask(struct cas_vectors *cas, const uint8_t *support, int size,
	    const struct options *options);

/*
 * cas() - negotiate as Linux would, by the hypercall that implements
 * ibm,client-architecture-support.
 * @home:    home->tree is replaced by the tree that comes back, with the properties of the old
 *           /chosen that it lacks; the old one is then home->spare
 * Returns 0, E_CAS_REFUSED, E_CAS_TREE or E_TREE_EDIT.
 * Must be called while all other CPUs are stopped. Source: facts of QEMU hw/ppc/spapr_hcall.c
 * (do_client_architecture_support), LoPAR B.6.2.3.
 */
int cas(struct home *home, const struct options *options);

/*
 * What was negotiated, by /chosen/ibm,architecture-vec-5. False where nothing was.
 */
bool cas_chose_xive(const struct machine *machine);
bool cas_chose_radix(const struct machine *machine);
/* Radix, and the guest flushes TLBs itself: what a secure guest has to have. */
bool cas_chose_own_radix(const struct machine *machine);

/*
 * cas_check_params() - say which of Linux's parameters in @options the machine as it is now
 * contradicts.
 */
void cas_check_params(const struct machine *machine, const struct options *options);

#endif /* BOOT_NORMAL_CAS_H */
