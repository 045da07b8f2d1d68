/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The normal world, which the host sees and may change: steps 1 to 4. Each prints its line. */
#ifndef BOOT_NORMAL_NORMAL_H
#define BOOT_NORMAL_NORMAL_H

#include "boot/normal/machine.h"

/* Steps stay functions of their own: debuggers stop at them. */

/* 1: take the tree home, where the image already is. Returns 0 or E_TREE_CORRUPT. */
int entry(struct home *home, const struct arrival *arrival, uint64_t image)
	__attribute__((noinline));

/*
 * 2: what the platform is, and what it becomes by client-architecture-support. Returns 0 or E_*, as
 * for 3 and 4.
 */
int discover(struct machine *machine, const struct home *home) __attribute__((noinline));

/* 3: kernel and initrd: those that came along, or a boot bundle of a disk. Edits machine's tree. */
int load(struct payload *payload, struct machine *machine) __attribute__((noinline));

/* 4: the end of the normal world. Comes back if it failed, or if the guest stays a normal VM. */
int transition(struct machine *machine, const struct payload *payload) __attribute__((noinline));

#endif /* BOOT_NORMAL_NORMAL_H */
