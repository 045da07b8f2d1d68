// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/dma_pool.h"

#include <libfdt.h>

#include "fdt/memory.h"
#include "fdt/reserved_memory.h"
#include "lib/string.h"

/* Make the node of the pool; returns its phandle in @phandle. */
static int make_pool_node(void *fdt, struct range pool, uint32_t *phandle)
{
	int node = dt_reserve_memory(fdt, "restricted-dma", pool, phandle);

	return node < 0 ? node : fdt_setprop_string(fdt, node, "compatible", "restricted-dma-pool");
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
