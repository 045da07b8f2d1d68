// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/cpus.h"

#include <libfdt.h>

#include "abi/papr.h"
#include "abi/power.h"
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
static bool is_boot_cpu(const void *tree, int node)
{
	int size;
	const uint8_t *id = fdt_getprop(tree, node, "ibm,ppc-interrupt-server#s", &size);

	if (!id)
		id = fdt_getprop(tree, node, "reg", &size);
	if (!id)
		return false;
	for (; size >= 4; size -= 4, id += 4)
		if (be32_load(id) == fdt_boot_cpuid_phys(tree))
			return true;
	return false;
}

/*
 * Linux has a default where it is missing, and reads it whatever its length where it is not.
 */
static bool has_cache_block(const void *tree, int node, const char *name)
{
	uint32_t bytes;

	return !fdt_getprop(tree, node, name, NULL) ||
	       (dt_u32(tree, node, name, &bytes) == 0 && bytes == CACHE_BLOCK);
}

/* A logical version, which Linux believes rather than the PVR. */
static bool has_known_version(const void *tree, int node)
{
	uint32_t version;

	return !fdt_getprop(tree, node, "cpu-version", NULL) ||
	       (dt_u32(tree, node, "cpu-version", &version) == 0 &&
		(version >> 24 != PVR_ARCH_207 >> 24 ||
		 (version >= PVR_ARCH_207 && version <= PVR_ARCH_31_P11)));
}

/*
 * With blocks of another size Linux leaves parts of the pages that it clears as they were, or
 * clears for ever (page_64.h clear_page()); as a processor that it does not know it has no MMU
 * (prom.c early_init_dt_scan_cpus()).
 */
static int check_cpu(const void *tree, int node)
{
	static const char blocks[][20] = { "d-cache-block-size", "d-cache-line-size",
					   "i-cache-block-size", "i-cache-line-size" };
	const char *name = fdt_get_name(tree, node, NULL);

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (!has_cache_block(tree, node, blocks[i]))
			return error(E_VERIFY_TREE, "/cpus: %pQ has a bad %s", name, blocks[i]);
	return has_known_version(tree, node)
		       ? 0
		       : error(E_VERIFY_TREE, "/cpus: %pQ has a bad cpu-version", name);
}

static int check_cpus(const void *tree)
{
	int node, rc, cpus = fdt_path_offset(tree, "/cpus");
	uint32_t address, size;
	bool found = false;

	if (cpus < 0 || dt_u32(tree, cpus, "#address-cells", &address) ||
	    dt_u32(tree, cpus, "#size-cells", &size) || address != 1 || size != 0)
		return error(E_VERIFY_TREE, "/cpus");
	fdt_for_each_subnode(node, tree, cpus) {
		if (!has_type(tree, node, "cpu"))
			continue;
		rc = check_cpu(tree, node);
		if (rc)
			return rc;
		found |= is_boot_cpu(tree, node);
	}
	return found ? 0
		     : error(E_VERIFY_TREE, "boot CPU %u not in /cpus", fdt_boot_cpuid_phys(tree));
}

int cpus_verify(const struct guest *guest)
{
	int rc = check_cpus(guest->tree);

	if (rc == 0 && guest->outline.timebase_hz == 0)
		rc = error(E_VERIFY_TREE, "no timebase-frequency");
	return rc;
}
