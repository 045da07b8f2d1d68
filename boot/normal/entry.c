// SPDX-License-Identifier: GPL-2.0-or-later
/* Step 1: we are where we want to be; take the tree home. */
#include "boot/normal/normal.h"
#include "fdt/read.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/version.h"

int entry(struct home *home, const struct arrival *arrival, uint64_t image)
{
	const void *tree = arrival->tree;
	size_t size = fdt_totalsize(tree);	/* at most TREE_SPACE: home_find() checked */
	int frc;

	home_at(home, image);
	home->door = arrival->door;
	home->bundle = arrival->bundle;
	memcpy(home->tree, tree, size < TREE_SPACE ? size : TREE_SPACE);
	frc = dt_check_header(home->tree, TREE_SPACE);	/* discover() looks at the rest */
	if (frc)
		return error(E_TREE_CORRUPT, "at 0x%lx: %s", (uintptr_t)tree, fdt_strerror(frc));
	log_step(STEP_ENTRY, "door=%s image=0x%lx tree=0x%lx size=%zu version=%s",
		 door_name(arrival->door), image, (uintptr_t)tree, size, VERSION);
	return 0;
}
