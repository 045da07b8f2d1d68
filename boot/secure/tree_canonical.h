/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_SECURE_TREE_CANONICAL_H
#define BOOT_SECURE_TREE_CANONICAL_H

#include "boot/secure/guest.h"

/*
 * tree_read_canonical() - the secure world: guest->tree may be anything. It is read by
 * fdt/canonical.h, and its values are held against each other and against what Linux relies on
 * before it has a console to complain (LoPAR appendix C.6; Linux arch/powerpc/kernel/prom.c).
 * Fills in what guest.h has of it, and power-off in lib/stop.h. Returns 0, E_VERIFY_TREE,
 * E_VERIFY_RANGE or E_SECURE_ALREADY.
 */
int tree_read_canonical(struct guest *guest);

#endif /* BOOT_SECURE_TREE_CANONICAL_H */
