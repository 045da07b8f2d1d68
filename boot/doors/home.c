// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/doors/home.h"

#include "boot/normal/tree_outline.h"
#include "fdt/read.h"
#include "fdt/tpm.h"
#include "lib/fail.h"
#include "lib/linux_params.h"
#include "lib/string.h"

#define ALIGN	0x10000UL	/* 64 KiB: the ultravisor's page */

void home_at(struct home *home, uint64_t start)
{
	uint64_t at = start + image_footprint();

	home->image = (struct range){ start, at };
	home->tree = (void *)at;
	home->handed = home->tree;
	at += TREE_SPACE;
	home->spare = (void *)at;
	at += TREE_SPACE;
	home->scrap = (void *)at;
	at += SCRAP_SPACE;
	home->rtas = at;
	home->all = (struct range){ start, at + RTAS_SPACE };
}

/*
 * What is in memory for the kernel, as far as the tree tells; malformed values are left to discover
 * and load. False when there is no room to note it.
 */
static bool add_payload(struct ranges *taken, const struct ranges *memory, const void *tree,
			int chosen)
{
	uint64_t start, end;
	bool noted = true;
	struct range range;

	if (dt_u64_pair(tree, chosen, "qemu,boot-kernel", &start, &end) == 0 &&
	    range_make(&range, start, end))
		noted = ranges_add(taken, range) &&
			ranges_add(taken, (struct range){ 0, end });	/* where it moves itself */
	if (dt_u32_or_u64(tree, chosen, "linux,initrd-start", &start) == 0 &&
	    dt_u32_or_u64(tree, chosen, "linux,initrd-end", &end) == 0 && start < end &&
	    ranges_contain(memory, (struct range){ start, end }))
		noted &= ranges_add(taken, (struct range){ start, end });
	return noted;
}

static uint64_t kernel_end(const void *tree, int chosen)
{
	uint64_t start, size;

	return dt_u64_pair(tree, chosen, "qemu,boot-kernel", &start, &size) ? 0 : start + size;
}

/*
 * Below mem= where that goes: what stays for Linux is ours, too. Otherwise anywhere; load says what
 * is wrong.
 */
static bool find_place(struct range *found, const struct dt_outline *outline, const void *tree,
		       uint64_t size, const struct ranges *taken)
{
	struct linux_params params;

	linux_params(&params, dt_string(tree, outline->chosen, "bootargs"));
	return (params.limit < REAL_MODE_CEILING &&
		range_find_top(found, ranges_low(&outline->memory, params.limit), size, ALIGN,
			       taken)) ||
	       range_find_top(found, ranges_low(&outline->memory, REAL_MODE_CEILING), size, ALIGN,
			      taken);
}

int home_find(struct home *home, const struct arrival *arrival)
{
	const void *tree = arrival->tree;
	struct range came = arrival_range(arrival);
	struct ranges taken = { 0 };
	struct dt_outline outline;
	struct range space, found;
	uint64_t size;
	int rc;

	if (!tree || ((uintptr_t)tree & 7))
		return error(E_NO_TREE, "r3=0x%lx", (uintptr_t)tree);
	rc = tree_outline(&outline, tree, DT_BRIEF);
	if (rc)
		return rc;
	if (dt_reservations(tree, &taken) ||
	    (arrival->door == DOOR_KEXEC && dt_keep_tpm_log(tree, &taken)))
		return error(E_TREE_CORRUPT, "memory reservations");
	/* a bundle that claims more than there is: load reports it */
	if (!ranges_contain(&outline.memory, came))
		came = arrival->image;
	if (!add_payload(&taken, &outline.memory, tree, outline.chosen) ||
	    !ranges_add(&taken, came) ||
	    !ranges_add(&taken, (struct range){ (uintptr_t)tree,
						(uintptr_t)tree + fdt_totalsize(tree) }))
		return error(E_TOO_MANY, "over %d reservations", RANGES_MAX - 5);

	home_at(home, 0);
	size = range_size(home->all);
	space = ranges_low(&outline.memory, REAL_MODE_CEILING);
	if (space.end == 0)
		return error(E_NO_MEMORY, "none at address 0");
	if (!find_place(&found, &outline, tree, size, &taken))
		return error(E_NO_ROOM,
			     "%lu KiB below 0x%lx, beside kernel (0x%lx), initrd and others",
			     size >> 10, space.end, kernel_end(tree, outline.chosen));
	home_at(home, found.start);
	return 0;
}
