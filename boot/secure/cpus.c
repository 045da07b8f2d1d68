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
static bool boots(const void *tree, int node)
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

/* What is not there Linux has a value of its own for; what is there it reads whatever its length. */
static bool is_block(const void *tree, int node, const char *name)
{
	uint32_t bytes;

	return !fdt_getprop(tree, node, name, NULL) ||
	       (dt_u32(tree, node, name, &bytes) == 0 && bytes == CACHE_BLOCK);
}

/* A logical version: by that Linux takes the processor for another than the PVR says. */
static bool is_version(const void *tree, int node)
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
		if (!is_block(tree, node, blocks[i]))
			return error(E_VERIFY_TREE, "/cpus: %pQ has a bad %s", name, blocks[i]);
	return is_version(tree, node) ? 0 : error(E_VERIFY_TREE, "/cpus: %pQ has a bad cpu-version", name);
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
		found |= boots(tree, node);
	}
	return found ? 0 : error(E_VERIFY_TREE, "no CPU %u, which boots", fdt_boot_cpuid_phys(tree));
}

static int check_memory(const void *tree)
{
	int node;

	fdt_for_each_subnode(node, tree, 0)
		if (strncmp(fdt_get_name(tree, node, NULL), "memory@", 7) == 0 &&
		    !has_type(tree, node, "memory"))
			return error(E_VERIFY_TREE, "%pQ is no memory", fdt_get_name(tree, node, NULL));
	return 0;
}

int basics_check(const struct guest *guest)
{
	int rc;

	if (!guest->is_secure)
		return 0;	/* the host could take anything away later, too */
	rc = check_cpus(guest->tree);
	if (rc == 0 && guest->outline.timebase_hz == 0)
		rc = error(E_VERIFY_TREE, "no timebase-frequency");
	return rc ? rc : check_memory(guest->tree);
}
