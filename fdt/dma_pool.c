// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/dma_pool.h"

#include <libfdt.h>

#include "fdt/memory.h"
#include "lib/format.h"
#include "lib/string.h"

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
static int make_reserved_memory(void *fdt)
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

/* Make the node of the pool; returns its phandle in @phandle. */
static int make_pool_node(void *fdt, struct range pool, uint32_t *phandle)
{
	char name[40];
	uint8_t reg[DT_RANGE_SIZE];
	int parent = make_reserved_memory(fdt), node, frc;

	if (parent < 0)
		return parent;
	format(name, sizeof(name), "restricted-dma@%lx", pool.start);
	dt_store_range(reg, pool);
	node = make_subnode(fdt, parent, name);
	if (node < 0)
		return node;
	*phandle = fdt_get_phandle(fdt, node);
	frc = *phandle ? 0 : fdt_generate_phandle(fdt, phandle);
	if (frc == 0)
		frc = fdt_setprop_u32(fdt, node, "phandle", *phandle);
	if (frc == 0)
		frc = fdt_setprop(fdt, node, "reg", reg, sizeof(reg));
	return frc ? frc : fdt_setprop_string(fdt, node, "compatible", "restricted-dma-pool");
}

static int link_host_bridges(void *fdt, uint32_t phandle)
{
	int node, frc;

	fdt_for_each_subnode(node, fdt, 0) {
		const char *name = fdt_get_name(fdt, node, NULL);

		if (!name || strncmp(name, "pci@", 4) != 0)
			continue;
		frc = fdt_setprop_u32(fdt, node, "memory-region", phandle);
		if (frc)
			return frc;
	}
	return node == -FDT_ERR_NOTFOUND ? 0 : node;
}

int dt_add_dma_pool(void *fdt, struct range pool, struct range rtas)
{
	uint8_t kexec[2 * DT_RANGE_SIZE];
	uint32_t phandle = 0;
	int frc = make_pool_node(fdt, pool, &phandle);

	dt_store_range(kexec, pool);
	dt_store_range(kexec + DT_RANGE_SIZE, rtas);
	if (frc == 0)
		frc = link_host_bridges(fdt, phandle);
	if (frc == 0)
		frc = fdt_setprop_empty(fdt, 0, "virtio,access-platform");
	return frc ? frc : fdt_setprop(fdt, 0, "reserved-ranges", kexec, sizeof(kexec));
}
