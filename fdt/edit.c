// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/edit.h"

#include <libfdt.h>

#include "fdt/insert.h"
#include "fdt/read.h"
#include "lib/string.h"

int dt_open(void *fdt, size_t space)
{
	size_t size = (fdt_totalsize(fdt) + 7UL) & ~7UL;

	/*
	 * Blocks in a foreign order are put in order after the tree, which must end aligned for
	 * that.
	 */
	if (size > space)
		return -FDT_ERR_NOSPACE;
	fdt_set_totalsize(fdt, (uint32_t)size);
	return fdt_open_into(fdt, fdt, (int)space);
}

int dt_close(void *fdt, size_t slack)
{
	int frc = fdt_pack(fdt);

	return frc ? frc : fdt_open_into(fdt, fdt, (int)(fdt_totalsize(fdt) + slack));
}

#define BATCH 16	/* properties that are copied at once */

int dt_copy_missing(void *fdt, int node, const void *other, int other_node,
		    const char *except)
{
	struct dt_insertion list[BATCH];
	struct dt_walk walk;
	size_t count = 0;
	int event = 0, frc = dt_walk_node(&walk, other, other_node);

	while (frc == 0 && (event = dt_walk_next(&walk)) == DT_PROP) {
		if (strncmp(walk.name, except, strlen(except)) == 0 ||
		    dt_is_listed(list, count, &walk) || dt_get(fdt, node, walk.name, NULL))
			continue;
		list[count++] = (struct dt_insertion){
			.node = node, .name = walk.name, .value = walk.value, .size = walk.size,
		};
		if (count < BATCH)
			continue;
		frc = dt_insert(fdt, list, count);
		count = 0;
	}
	if (frc == 0)
		frc = dt_insert(fdt, list, count);
	return frc ? frc : event < 0 ? event : 0;
}

int dt_drop_property(void *fdt, int node, const char *name)
{
	int frc = fdt_nop_property(fdt, node, name);

	return frc == -FDT_ERR_NOTFOUND ? 0 : frc;
}

int dt_set_reservations(void *fdt, const struct ranges *keep)
{
	int frc = 0;

	while (frc == 0 && fdt_num_mem_rsv(fdt) > 0)
		frc = fdt_del_mem_rsv(fdt, 0);
	for (size_t i = 0; frc == 0 && i < keep->count; i++)
		frc = fdt_add_mem_rsv(fdt, keep->item[i].start, range_size(keep->item[i]));
	return frc;
}
