// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/initrd.h"

#include "fdt/read.h"
#include "lib/fail.h"

int initrd_find(struct range *initrd, const struct machine *machine)
{
	const void *tree = machine->home.tree;
	int chosen = dt_find(tree, "/chosen");
	struct range found = { 0, 0 };
	int frc = dt_u32_or_u64(tree, chosen, "linux,initrd-start", &found.start);

	*initrd = (struct range){ 0, 0 };
	if (frc == -FDT_ERR_NOTFOUND)
		return 0;
	if (frc == 0)
		frc = dt_u32_or_u64(tree, chosen, "linux,initrd-end", &found.end);
	if (frc || found.end < found.start || !ranges_contain(&machine->outline.memory, found))
		return error(E_INITRD_RANGE, "0x%lx-0x%lx", found.start, found.end);
	*initrd = found;
	return 0;
}

int initrd_check(const struct payload *payload, const struct machine *machine)
{
	const struct range initrd = payload->initrd;

	if (range_overlaps(initrd, payload->kernel) ||
	    range_overlaps(initrd, payload->kernel_final))
		return error(E_INITRD_OVERLAP, "0x%lx-0x%lx and the kernel", initrd.start,
			     initrd.end);
	if (range_overlaps(initrd, machine->home.all))
		return error(E_INITRD_OVERLAP, "0x%lx-0x%lx and pefboot", initrd.start, initrd.end);
	return 0;
}
