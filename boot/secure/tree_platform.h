/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_SECURE_TREE_PLATFORM_H
#define BOOT_SECURE_TREE_PLATFORM_H

#include "boot/secure/guest.h"

/*
 * tree_read_platform() - a VM that stays normal: guest->tree is the platform's, as steps 1 to 4
 * have edited it in place. Fills in the same, and returns the same but E_SECURE_ALREADY.
 */
int tree_read_platform(struct guest *guest);

#endif /* BOOT_SECURE_TREE_PLATFORM_H */
