// SPDX-License-Identifier: GPL-2.0-or-later
/*
 *	 1 entry  2 discover  3 load  4 transition		the host sees and may change everything
 *	 5 verify  6 patch  7 handoff				trusts nothing from above
 */
#include "boot/main.h"

#include "boot/before.h"
#include "boot/disk.h"
#include "boot/door.h"
#include "boot/exception.h"
#include "boot/home.h"
#include "boot/others.h"
#include "lib/fail.h"

extern uint8_t __footprint[];	/* linker/pefboot.lds: a size, as a link address */
extern uint8_t __start[];

static void step(int rc)
{
	if (rc)
		fail(rc);
}

/* Secure world, or the rest of a boot that stays normal. All that crosses is the tree. */
static _Noreturn void secure_main(const void *tree, uint64_t door, uint64_t image)
{
	struct secure secure;	/* what was found to be true in here */

	step(verify(&secure, tree, door, image));
	step(patch(&secure));
	handoff(&secure);
}

/* Normal world. */
static _Noreturn void boot_main(const void *tree, uint64_t door, uint64_t image, uint64_t origin)
{
	struct home home;	/* where we live */
	struct machine machine;	/* what the platform told us */
	struct payload payload;	/* kernel and initrd, where they lie */

	step(entry(&home, tree, door, image, origin));
	step(discover(&machine, &home));
	step(load(&payload, &machine));
	step(transition(&machine, &payload));
	secure_main(machine.home.tree, door, image);
}

void boot_start(const void *tree, uint64_t door, uint64_t image, uint64_t origin, uint64_t client)
{
	struct home home;

	if (door == DOOR_KEXEC && image == origin)
		before_modes();
	exceptions_install(image);
	if (door == DOOR_ULTRAVISOR)
		secure_main(tree, door, image);
	if (door == DOOR_OPEN_FIRMWARE && image == origin)
		step(error(E_NO_TREE, "Open Firmware's client interface at 0x%lx is not used yet", client));
	if (image == origin) {
		uint64_t footprint = (uintptr_t)__footprint - (uintptr_t)__start;

		step(home_find(&home, tree, bundle_here(door, image, footprint), footprint));
		if (door == DOOR_KEXEC)
			step(others_stop(tree));
		move_image(home.all.start, tree, door, origin);
	}
	boot_main(tree, door, image, origin);
}
