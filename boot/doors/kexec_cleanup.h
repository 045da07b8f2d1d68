/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel that kexecs us leaves. Its CPUs: boot/doors/kexec_cpus.h; its virtio devices:
 * devices_find().
 */
#ifndef BOOT_DOORS_KEXEC_CLEANUP_H
#define BOOT_DOORS_KEXEC_CLEANUP_H

#include "boot/normal/machine.h"

/*
 * kexec_reset_modes() - exceptions as after a reset: big-endian, real mode. Linux does this on its
 * way out; a fault before we are sure of it could not even be reported.
 */
void kexec_reset_modes(void);

/*
 * kexec_clean_tree() - reset the interrupt controller; give each host bridge its default DMA window
 * back, empty; and take out of machine->home.tree what the kernel before, or an earlier pefboot,
 * added. machine->outline stays valid.
 * Returns 0, E_TREE_EDIT, or E_CRASH_KERNEL after kexec -p: neither pefboot nor a kernel that moves
 * to 0 stays within the memory left to it.
 */
int kexec_clean_tree(struct machine *machine);

#endif /* BOOT_DOORS_KEXEC_CLEANUP_H */
