/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel that kexecs us leaves behind. CPUs: boot/doors/kexec_cpus.h; virtio devices: devices_find(). */
#ifndef BOOT_DOORS_KEXEC_CLEANUP_H
#define BOOT_DOORS_KEXEC_CLEANUP_H

#include "boot/state.h"

/* The interrupt controller that was negotiated is XIVE. boot/normal/discover.c; machine->outline must be valid. */
bool uses_xive(const struct machine *machine);

/*
 * before_modes() - exceptions as after a reset: big-endian, real mode. Linux does this on its way out; a fault
 * before we are sure of it could not even be reported.
 */
void before_modes(void);

/*
 * before_tree() - interrupt controller as after a reset; DMA windows back to the one of each host bridge, empty; and
 * out of machine->home.tree all that speaks of others, and of an earlier pefboot. machine->outline stays valid. Returns 0, E_TREE_EDIT,
 * or E_CRASH_KERNEL if it was kexec -p: neither pefboot nor a kernel that goes to 0 stays in the memory left to it.
 */
int before_tree(const struct machine *machine);

#endif /* BOOT_DOORS_KEXEC_CLEANUP_H */
