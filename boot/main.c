// SPDX-License-Identifier: GPL-2.0-or-later
/*
 *	 1 entry  2 discover  3 load  4 transition		the host sees and may change everything
 *	 5 verify  6 patch  7 handoff				trusts nothing from above
 */
#include "boot/main.h"

#include "boot/doors/door.h"
#include "boot/doors/exception.h"
#include "boot/doors/home.h"
#include "boot/doors/kexec_cleanup.h"
#include "boot/doors/kexec_cpus.h"
#include "boot/doors/open_firmware.h"
#include "boot/normal/disk.h"
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

/* Open Firmware is used up here: exception vectors are its own until then. */
static const void *end_open_firmware(uint64_t client, uint64_t initrd, uint64_t size, struct range image)
{
	const void *tree = NULL;
	struct range range;

	if (!range_make(&range, initrd, size))
		step(error(E_INITRD_RANGE, "0x%lx+0x%lx", initrd, size));
	step(of_door(&tree, client, range, image));
	return tree;
}

void boot_start(const void *tree, uint64_t door, uint64_t image, uint64_t origin, uint64_t client, uint64_t size)
{
	uint64_t footprint = (uintptr_t)__footprint - (uintptr_t)__start;
	struct home home;

	if (door == DOOR_OPEN_FIRMWARE && image == origin)
		tree = end_open_firmware(client, (uintptr_t)tree, size, bundle_here(door, image, footprint));
	if (door == DOOR_KEXEC && image == origin)
		before_modes();
	exceptions_install(image);
	if (door == DOOR_ULTRAVISOR)
		secure_main(tree, door, image);
	if (image == origin) {
		step(home_find(&home, tree, bundle_here(door, image, footprint), footprint));
		if (door == DOOR_KEXEC)
			step(others_stop(tree));
		move_image(home.all.start, tree, door, origin);
	}
	boot_main(tree, door, image, origin);
}
