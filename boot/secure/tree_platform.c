// SPDX-License-Identifier: GPL-2.0-or-later
/* What the host says in the tree of a VM that stays normal it could also do later. */
#include "boot/secure/tree_platform.h"

#include "boot/handover.h"
#include "boot/secure/tree.h"
#include "fdt/outline.h"
#include "fdt/read.h"
#include "lib/fail.h"
#include "lib/stop.h"

static int read_rtas(struct guest *guest, int node)
{
	uint32_t base, entry, size, power_off;

	if (dt_u32(guest->tree, node, "linux,rtas-base", &base) ||
	    dt_u32(guest->tree, node, "linux,rtas-entry", &entry) ||
	    dt_u32(guest->tree, node, "rtas-size", &size) ||
	    dt_u32(guest->tree, node, "power-off", &power_off))
		return error(E_VERIFY_TREE, "/rtas");
	stop_set_power_off(power_off);
	return tree_take_rtas(guest, base, entry, size);
}

static int read_chosen(struct guest *guest, int chosen)
{
	uint64_t base, size;
	int frc;

	guest->bootargs = dt_string(guest->tree, chosen, "bootargs");
	if (dt_u64_pair(guest->tree, chosen, DT_KERNEL, &base, &size))
		return error(E_VERIFY_TREE, "/chosen/%s", DT_KERNEL);
	frc = dt_u32_or_u64(guest->tree, chosen, "linux,initrd-start", &guest->initrd.start);
	if (frc == 0 &&
	    (dt_u32_or_u64(guest->tree, chosen, "linux,initrd-end", &guest->initrd.end) ||
	     guest->initrd.end < guest->initrd.start))
		frc = -FDT_ERR_BADVALUE;
	return frc == 0 || frc == -FDT_ERR_NOTFOUND ? tree_take_kernel(guest, base, size) :
						      error(E_VERIFY_TREE,
							    "/chosen/linux,initrd-*");
}

static int check_phbs(const struct guest *guest, const struct dt_outline *outline)
{
	int rc = 0, size;

	for (uint32_t i = 0; rc == 0 && i < outline->phbs; i++) {
		const uint8_t *ranges =
			dt_get(guest->tree, outline->phb[i].node, "ranges", &size);

		if (ranges)	/* none: nothing behind it can be mapped */
			rc = tree_check_windows(guest, outline->phb[i].buid, ranges,
						(uint32_t)size);
	}
	return rc;
}

int tree_read_platform(struct guest *guest)
{
	struct dt_outline outline;
	int rc = dt_outline(&outline, guest->tree, TREE_SPACE, DT_BRIEF);

	if (rc)
		return error(E_VERIFY_TREE, "%s", fdt_strerror(rc));
	guest->memory = outline.memory;
	if ((rc = read_rtas(guest, outline.rtas)) || (rc = read_chosen(guest, outline.chosen)))
		return rc;
	return check_phbs(guest, &outline);
}
