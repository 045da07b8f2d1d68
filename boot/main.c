// SPDX-License-Identifier: GPL-2.0-or-later
/*
 *	1 entry  2 discover  3 load  4 transition	the host sees and may change everything
 *	5 verify  6 patch  7 handoff			trusts nothing from above
 */
#include "boot/main.h"

#include "boot/doors/arrive.h"
#include "boot/doors/head.h"
#include "boot/doors/home.h"
#include "boot/doors/kexec_cpus.h"
#include "boot/doors/vectors.h"
#include "boot/normal/normal.h"
#include "boot/secure/secure.h"
#include "lib/fail.h"
#include "lib/stack.h"

extern uint64_t __stack_bottom[];	/* linker/pefboot.lds */

static void step(int rc)
{
	check(stack_is_whole(__stack_bottom));
	if (rc)
		fail(rc);
}

/* The secure world, or the rest of a boot that stays normal. All that crosses is the tree. */
static _Noreturn void boot_secure(const void *tree, uint64_t image, enum world world)
{
	struct guest guest;	/* what was found to be true in here */

	step(verify(&guest, tree, image, world));
	step(patch(&guest));
	handoff(&guest);
}

/* The normal world, at home. */
static _Noreturn void boot_normal(const struct arrival *arrival, uint64_t image)
{
	struct home home;	/* where we live */
	struct machine machine;	/* what the platform told us */
	struct payload payload;	/* kernel and initrd, where they lie */

	step(entry(&home, arrival, image));
	step(discover(&machine, &home));
	step(load(&payload, &machine));
	step(transition(&machine, &payload));
	boot_secure(machine.home.tree, image, WORLD_NORMAL);
}

/* Through the door; then move out of the way of all that came along. */
static _Noreturn void go_home(const struct entry_registers *entry)
{
	struct arrival arrival;
	struct home home;

	step(arrive(&arrival, entry));
	exceptions_install(entry->image);
	step(home_find(&home, &arrival));
	if (arrival.door == DOOR_KEXEC)
		step(kexec_cpus_stop(arrival.tree));
	move_image(home.all.start, &arrival);
}

void boot_start(uint64_t door, uint64_t image, uint64_t r3, uint64_t r4, uint64_t r5)
{
	const struct entry_registers entry = { door, image, r3, r4, r5 };

	stack_mark(__stack_bottom);
	if (door != DOOR_ULTRAVISOR && door != DOOR_HOME)
		go_home(&entry);
	if (door == DOOR_ULTRAVISOR) {
		exceptions_install_secure();
		boot_secure((const void *)r3, image, WORLD_SECURE);
	}
	exceptions_install(image);
	boot_normal((const struct arrival *)r3, image);
}
