/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Linux takes for granted in a tree, and stands still without: before it has a console to say so. */
#ifndef BOOT_SECURE_CPUS_H
#define BOOT_SECURE_CPUS_H

#include "boot/secure/guest.h"

/*
 * basics_check() - CPUs with their cells, cache blocks and versions, the CPU that boots among
 * them, memory that says it is some (Power Architecture Platform Reference, LoPAR appendix C.6;
 * Linux arch/powerpc/kernel/prom.c).
 * The tree has passed dt_outline(). Returns 0 or E_VERIFY_TREE.
 */
int basics_check(const struct guest *guest);

#endif /* BOOT_SECURE_CPUS_H */
