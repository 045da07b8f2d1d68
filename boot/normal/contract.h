/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a real ultravisor demands of the tree that it is given. */
#ifndef BOOT_NORMAL_CONTRACT_H
#define BOOT_NORMAL_CONTRACT_H

#include "boot/normal/machine.h"

/*
 * contract_check() - would it accept machine->home.tree? It wants memory@0 at 0, the twelve RTAS
 * calls whose buffers it bounces, and an initrd (open-power/ultravisor svm/svm-fdt.c:319-408,
 * svm/svm-rtas-hdlr.c:695-760). Returns 0 or E_CONTRACT with what is missing.
 */
int contract_check(const struct machine *machine);

#endif /* BOOT_NORMAL_CONTRACT_H */
