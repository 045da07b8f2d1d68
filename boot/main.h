/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot as two straight lines, and the steps on them, a file each. */
#ifndef BOOT_MAIN_H
#define BOOT_MAIN_H

#include "boot/state.h"

/*
 * boot_start() - from boot/doors/head.S, twice: where the image was put, and where it has moved to.
 * @tree:   r3 at entry; of Open Firmware: an initrd, or 0   @door: DOOR_*	  @image: where the image is
 * @origin: where it was put; another address than @image the second time
 * @client: Open Firmware's client interface (r5 at entry), the first time; otherwise 0
 * @size:   with it, bytes of the initrd (r4 at entry)
 */
_Noreturn void boot_start(const void *tree, uint64_t door, uint64_t image, uint64_t origin, uint64_t client,
			  uint64_t size);

/* boot/doors/head.S: start again in a copy of the image at @to. */
_Noreturn void move_image(uint64_t to, const void *tree, uint64_t door, uint64_t origin);

/* The steps. Each prints its line and returns 0 or an error number. */
int entry(struct home *home, const void *tree, uint64_t door, uint64_t image, uint64_t origin);
int discover(struct machine *machine, const struct home *home);
int load(struct payload *payload, const struct machine *machine);
int transition(const struct machine *machine, const struct payload *payload);
int verify(struct secure *secure, const void *tree, uint64_t door, uint64_t image);
int patch(struct secure *secure);
_Noreturn void handoff(const struct secure *secure);

#endif /* BOOT_MAIN_H */
