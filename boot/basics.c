// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/basics.h"

#include <libfdt.h>

#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/string.h"

static bool has_type(const void *tree, int node, const char *type)
{
	const char *text = dt_string(tree, node, "device_type");

	return text && strcmp(text, type) == 0;
}

/* One of its threads is the one that the header names: prom.c early_init_dt_scan_cpus(). */
static bool boots(const void *tree, int node)
{
	int size;
	const uint8_t *id = fdt_getprop(tree, node, "ibm,ppc-interrupt-server#s", &size);

	if (!id)
		id = fdt_getprop(tree, node, "reg", &size);
	if (!id || !has_type(tree, node, "cpu"))
		return false;
	for (; size >= 4; size -= 4, id += 4)
		if (be32_load(id) == fdt_boot_cpuid_phys(tree))
			return true;
	return false;
}

static int check_cpus(const void *tree)
{
	int node, cpus = fdt_path_offset(tree, "/cpus");
	uint32_t address, size;

	if (cpus < 0 || dt_u32(tree, cpus, "#address-cells", &address) ||
	    dt_u32(tree, cpus, "#size-cells", &size) || address != 1 || size != 0)
		return error(E_VERIFY_TREE, "/cpus");
	fdt_for_each_subnode(node, tree, cpus)
		if (boots(tree, node))
			return 0;
	return error(E_VERIFY_TREE, "no CPU %u, which boots", fdt_boot_cpuid_phys(tree));
}

static int check_memory(const void *tree)
{
	int node;

	fdt_for_each_subnode(node, tree, 0)
		if (strncmp(fdt_get_name(tree, node, NULL), "memory@", 7) == 0 &&
		    !has_type(tree, node, "memory"))
			return error(E_VERIFY_TREE, "/%s is no memory", fdt_get_name(tree, node, NULL));
	return 0;
}

int basics_check(const struct secure *secure)
{
	int rc;

	if (!secure->is_secure)
		return 0;	/* the host could take anything away later, too */
	rc = check_cpus(secure->tree);
	if (rc == 0 && secure->outline.timebase_hz == 0)
		rc = error(E_VERIFY_TREE, "no timebase-frequency");
	return rc ? rc : check_memory(secure->tree);
}
