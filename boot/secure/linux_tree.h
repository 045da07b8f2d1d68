/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree that Linux gets in a secure guest. */
#ifndef BOOT_SECURE_LINUX_TREE_H
#define BOOT_SECURE_LINUX_TREE_H

#include "boot/secure/guest.h"

/*
 * linux_tree_write() - write Linux' tree from the one that step 5 has read, node by node by
 * fdt/schema.h, into @size bytes at @to: with pool, forced-DMA flag, a seed of the CPU's and the
 * record, without what was for us, and without PCI devices that nobody asked for.
 * Nothing of the old one is copied but values. Returns 0 or a -FDT_ERR_* of libfdt.
 */
int linux_tree_write(const struct guest *guest, void *to, size_t size);

#endif /* BOOT_SECURE_LINUX_TREE_H */
