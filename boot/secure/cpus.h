/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_SECURE_CPUS_H
#define BOOT_SECURE_CPUS_H

#include "boot/secure/guest.h"

/*
 * cpus_verify() - what Linux relies on before it has a console to complain: CPUs with their cells,
 * cache blocks and versions, the boot CPU among them, a time base (LoPAR appendix C.6; Linux
 * arch/powerpc/kernel/prom.c). The tree has passed dt_outline(). Returns 0 or E_VERIFY_TREE.
 */
int cpus_verify(const struct guest *guest);

#endif /* BOOT_SECURE_CPUS_H */
