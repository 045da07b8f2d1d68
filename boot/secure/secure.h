/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The secure world: steps 5 to 7, which believe nothing of the normal one. A boot that stays normal
 * takes them as well, without the ultravisor. Each prints its line.
 */
#ifndef BOOT_SECURE_SECURE_H
#define BOOT_SECURE_SECURE_H

#include "boot/secure/guest.h"

enum world { WORLD_NORMAL, WORLD_SECURE };

/* Steps stay functions of their own: debuggers stop at them. */

/*
 * 5: check @tree and all that it names.
 * @image: where the image is
 * @world: WORLD_SECURE where the ultravisor entered it: MSR[S] must be set
 * Returns 0 or E_* of steps 5 and 2.
 */
int verify(struct guest *guest, const void *tree, uint64_t image, enum world world)
	__attribute__((noinline));

/*
 * 6: say in the tree which memory devices may use; guest->tree may move. Returns 0 or E_* of step
 * 6.
 */
int patch(struct guest *guest) __attribute__((noinline));

/* 7: the last line, then the kernel. */
_Noreturn void handoff(const struct guest *guest) __attribute__((noinline));

#endif /* BOOT_SECURE_SECURE_H */
