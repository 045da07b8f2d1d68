/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What step 5 takes from the tree. There are two readers, as there are two worlds: tree_canonical.h
 * and tree_platform.h.
 */
#ifndef BOOT_SECURE_TREE_H
#define BOOT_SECURE_TREE_H

#include "boot/secure/guest.h"

/* The range that RTAS takes. Returns 0 or E_VERIFY_TREE. */
int tree_take_rtas(struct guest *guest, uint32_t base, uint32_t entry, uint32_t size);

/* The kernel's range as loaded, and where it will move itself. Returns 0 or E_VERIFY_TREE. */
int tree_take_kernel(struct guest *guest, uint64_t base, uint64_t size);

/*
 * Linux maps devices into the windows of host bridge @buid ("ranges" of @size bytes), so none
 * may lie over memory. Returns 0, E_VERIFY_RANGE or E_VERIFY_TREE.
 */
int tree_check_windows(const struct guest *guest, uint64_t buid, const uint8_t *ranges,
		       uint32_t size);

#endif /* BOOT_SECURE_TREE_H */
