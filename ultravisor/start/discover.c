// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/start/discover.h"

#include "abi/hcalls.h"
#include "fdt/read.h"
#include "fdt/walk.h"
#include "fdt/windows.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/hcall.h"
#include "lib/string.h"
#include "ultravisor/calls/tree.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"

static bool node_is_type(const void *tree, int node, const char *type)
{
	const char *text = dt_string(tree, node, "device_type");

	return text && strcmp(text, type) == 0;
}

static void read_windows(const void *tree, int node)
{
	int value_size, frc;
	const uint8_t *at = dt_get(tree, node, "ranges", &value_size);
	uint32_t size = at ? (uint32_t)value_size : 0;
	struct dt_window window;

	while ((frc = dt_window_next(&window, &at, &size)) > 0)
		if (window.cpu.start < platform.memory || window.cpu.end >> 52 ||
		    !ranges_add(&platform.mmio, window.cpu))
			break;
	if (frc)
		uv_fail(E_UV_TREE, "windows of %pQ", fdt_get_name(tree, node, NULL));
}

static void read_cpu(const void *tree, int node)
{
	int size = 0;
	const uint8_t *servers = dt_get(tree, node, "ibm,ppc-interrupt-server#s", &size);

	if (!servers || size < 4)
		uv_fail(E_UV_TREE, "cpu without interrupt server");
	if (size > 4)
		uv_fail(E_UV_CPU, "%d threads in a core", size / 4);
	if (platform.cpus == CPUS_MAX)
		uv_fail(E_UV_CPU, "over %d CPUs", CPUS_MAX);
	platform.server[platform.cpus++] = be32_load(servers);
	dt_u32(tree, node, "timebase-frequency", &platform.timebase_hz);
}

void discover_machine(const void *tree)
{
	int node, cpus = dt_find(tree, "/cpus");
	struct dt_children nodes;

	for (node = dt_first_child(&nodes, tree, 0); node >= 0; node = dt_next_child(&nodes))
		if (node_is_type(tree, node, "pci"))
			read_windows(tree, node);
	if (cpus < 0)
		uv_fail(E_UV_TREE, "/cpus: %s", fdt_strerror(cpus));
	for (node = dt_first_child(&nodes, tree, cpus); node >= 0; node = dt_next_child(&nodes))
		if (node_is_type(tree, node, "cpu"))
			read_cpu(tree, node);
	if (!platform.cpus || !platform.timebase_hz)
		uv_fail(E_UV_TREE, "no CPU, or one without a time base");
}

void discover_platform(const void *tree)
{
	uint32_t family = (uint32_t)(pvr_read() >> 16);

	if (family >= 0x4b && family <= 0x4d)	/* POWER8E, POWER8NVL, POWER8 */
		uv_fail(E_UV_CPU, "PVR 0x%x is a POWER8", family);
	if (HCALL(H_SET_PARTITION_TABLE, radix_partition_table()) != H_SUCCESS)
		uv_fail(E_UV_NO_NESTED, "H_SET_PARTITION_TABLE refused");
	if (tree_xive_only(tree))
		uv_fail(E_UV_XIVE, "the tree offers XIVE only");
}
