// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/tpm.h"

#include <libfdt.h>

#include "fdt/read.h"
#include "fdt/reserved_memory.h"
#include "fdt/walk.h"
#include "lib/endian.h"
#include "lib/string.h"

#define LOG_NODE "tpm-log"
#define LOG_BASE "linux,sml-base"
#define LOG_SIZE "linux,sml-size"

int dt_find_tpm(const void *fdt)
{
	struct dt_children nodes;
	int node = dt_first_child(&nodes, fdt, dt_find(fdt, "/vdevice"));

	for (; node >= 0; node = dt_next_child(&nodes))
		if (fdt_node_check_compatible(fdt, node, "IBM,vtpm20") == 0)
			return node;
	return -FDT_ERR_NOTFOUND;
}

/* "ibm,my-dma-window": LIOBN, address and size of two cells each (LoPAR B.6.9.2). */
int dt_read_tpm(const void *fdt, int node, struct dt_tpm *tpm)
{
	int size;
	const uint8_t *window = dt_get(fdt, node, "ibm,my-dma-window", &size);

	if (!window || size != 5 * 4 || dt_u32(fdt, node, "reg", &tpm->unit))
		return -FDT_ERR_BADVALUE;
	tpm->liobn = be32_load(window);
	return 0;
}

struct range dt_tpm_log(const void *fdt, int node)
{
	struct range log = { 0, 0 };
	uint64_t base;
	uint32_t size;

	if (dt_u32_or_u64(fdt, node, LOG_BASE, &base) == 0 &&
	    dt_u32(fdt, node, LOG_SIZE, &size) == 0)
		range_make(&log, base, size);
	return log;
}

int dt_set_tpm_log(void *fdt, int node, struct range log, bool little_endian)
{
	uint64_t base = little_endian ? __builtin_bswap64(log.start) : log.start;
	uint32_t size = (uint32_t)range_size(log);
	int frc = fdt_setprop_u64(fdt, node, LOG_BASE, base);

	if (little_endian)
		size = __builtin_bswap32(size);
	return frc ? frc : fdt_setprop_u32(fdt, node, LOG_SIZE, size);
}

int dt_give_tpm_log(void *fdt, struct range log, bool little_endian)
{
	uint32_t phandle;
	int node = dt_reserve_memory(fdt, LOG_NODE, log, &phandle), frc;

	if (node < 0)
		return node;
	node = dt_find_tpm(fdt);	/* nodes have moved */
	frc = dt_set_tpm_log(fdt, node, log, little_endian);
	return frc ? frc : fdt_setprop_u32(fdt, node, "memory-region", phandle);
}

int dt_keep_tpm_log(const void *fdt, struct ranges *set)
{
	static const char name[] = LOG_NODE "@";
	uint64_t base, size;
	struct range log;
	struct dt_children nodes;
	int node = dt_first_child(&nodes, fdt, dt_find(fdt, "/reserved-memory"));

	for (; node >= 0; node = dt_next_child(&nodes)) {
		if (strncmp(nodes.walk.name, name, sizeof(name) - 1) != 0)
			continue;
		if (dt_u64_pair(fdt, node, "reg", &base, &size) || !range_make(&log, base, size))
			return -FDT_ERR_BADVALUE;
		if (!ranges_add(set, log))
			return -FDT_ERR_NOSPACE;
	}
	return 0;
}
