/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The initrd that /chosen names: QEMU's, or kexec's. */
#ifndef BOOT_NORMAL_INITRD_H
#define BOOT_NORMAL_INITRD_H

#include "boot/normal/machine.h"

/* Where it lies; empty if there is none. Returns 0 or E_INITRD_RANGE. */
int initrd_find(struct range *initrd, const struct machine *machine);

/* Is payload->initrd clear of kernel and pefboot? Returns 0 or E_INITRD_OVERLAP. */
int initrd_check(const struct payload *payload, const struct machine *machine);

#endif /* BOOT_NORMAL_INITRD_H */
