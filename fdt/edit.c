// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/edit.h"

#include <libfdt.h>

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

int dt_copy_missing(void *fdt, int node, const void *other, int other_node,
		    const char *except)
{
	int prop;

	fdt_for_each_property_offset(prop, other, other_node) {
		const char *name;
		int size, frc;
		const void *value = fdt_getprop_by_offset(other, prop, &name, &size);

		if (!value)
			return size;
		if (strncmp(name, except, strlen(except)) == 0 ||
		    fdt_getprop(fdt, node, name, NULL))
			continue;
		frc = fdt_setprop(fdt, node, name, value, size);
		if (frc)
			return frc;
	}
	return prop == -FDT_ERR_NOTFOUND ? 0 : prop;
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
