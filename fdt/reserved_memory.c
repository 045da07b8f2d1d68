// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/reserved_memory.h"

#include <libfdt.h>

#include "fdt/memory.h"
#include "lib/format.h"

/* The node @name below @parent, made if it is not there; or -FDT_ERR_*. */
static int make_subnode(void *fdt, int parent, const char *name)
{
	int node = fdt_subnode_offset(fdt, parent, name);

	return node == -FDT_ERR_NOTFOUND ? fdt_add_subnode(fdt, parent, name) : node;
}

/*
 * /reserved-memory: cells as the kernel demands, those of the root (Linux
 * drivers/of/of_reserved_mem.c).
 */
static int make_parent(void *fdt)
{
	int node = make_subnode(fdt, 0, "reserved-memory"), frc;

	if (node < 0)
		return node;
	frc = fdt_setprop_u32(fdt, node, "#address-cells", 2);
	if (frc == 0)
		frc = fdt_setprop_u32(fdt, node, "#size-cells", 2);
	if (frc == 0)
		frc = fdt_setprop_empty(fdt, node, "ranges");
	return frc ? frc : node;
}

int dt_reserve_memory(void *fdt, const char *name, struct range range, uint32_t *phandle)
{
	char unit[40];
	uint8_t reg[DT_RANGE_SIZE];
	int parent = make_parent(fdt), node, frc;

	format(unit, sizeof(unit), "%s@%lx", name, range.start);
	dt_store_range(reg, range);
	node = make_subnode(fdt, parent, unit);		/* an error of the parent stays one */
	if (node < 0)
		return node;
	*phandle = fdt_get_phandle(fdt, node);
	frc = *phandle ? 0 : fdt_generate_phandle(fdt, phandle);
	if (frc == 0)
		frc = fdt_setprop_u32(fdt, node, "phandle", *phandle);
	if (frc == 0)
		frc = fdt_setprop(fdt, node, "reg", reg, sizeof(reg));
	return frc ? frc : node;
}
