// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/prune.h"

#include <libfdt.h>
#include <stdbool.h>

#include "boot/handover.h"
#include "fdt/edit.h"
#include "lib/log.h"
#include "lib/string.h"

/* Names without unit address; a pseries tree of QEMU has these (hw/ppc/spapr.c spapr_build_fdt). */
static const char *const root_nodes[] = {
	"chosen", "rtas", "cpus", "memory", "ibm,dynamic-reconfiguration-memory", "pci", "vdevice",
	"event-sources", "interrupt-controller", "hypervisor", "ibm,platform-facilities", NULL,
};

static const char *const no_nodes[] = { NULL };

static const char *const chosen_props[] = {
	"bootargs", "linux,initrd-start", "linux,initrd-end", "stdout-path", "linux,stdout-path",
	"linux,pci-probe-only", "rng-seed", "ibm,architecture-vec-5",
	"ibm,arch-vec-5-platform-support", DT_KERNEL, DT_TIMES, NULL,
};

/* Terminals, NVRAM and clock: they pass data in registers or by RTAS. */
static const char *const vdevice_nodes[] = { "vty", "nvram", "rtc", NULL };

/* Device ids of virtio-balloon: transitional and modern (virtio 1.2, 4.1.2.1, 5) */
#define VIRTIO_VENDOR	   0x1af4
#define BALLOON_LEGACY	   0x1002
#define BALLOON_MODERN	   0x1045

static bool is_listed(const char *name, size_t size, const char *const list[])
{
	for (; *list; list++)
		if (strlen(*list) == size && memcmp(*list, name, size) == 0)
			return true;
	return false;
}

/* The first child of @parent that is not in @list, -FDT_ERR_NOTFOUND if all are. */
static int find_unlisted_node(const void *tree, int parent, const char *const list[])
{
	int node;

	fdt_for_each_subnode(node, tree, parent) {
		const char *name = fdt_get_name(tree, node, NULL);
		const char *at = name ? strchr(name, '@') : NULL;

		if (!name || !is_listed(name, at ? (size_t)(at - name) : strlen(name), list))
			break;
	}
	return node;
}

/* Iteration cannot continue from a deleted node: start over. */
static int keep_nodes(void *tree, int parent, const char *const list[])
{
	int node, frc;

	if (parent < 0)
		return 0;
	while ((node = find_unlisted_node(tree, parent, list)) >= 0) {
		log_info("tree=del node=%pQ", fdt_get_name(tree, node, NULL));
		frc = fdt_nop_node(tree, node);
		if (frc)
			return frc;
	}
	return node == -FDT_ERR_NOTFOUND ? 0 : node;
}

/* Without a list, all but linux,*, which in a memory node override the platform's. */
static bool is_kept_property(const char *name, const char *const list[])
{
	return list ? is_listed(name, strlen(name), list) : strncmp(name, "linux,", 6) != 0;
}

static int keep_props(void *tree, int node, const char *const list[])
{
	const char *name = NULL;
	int prop, frc = 0;

	if (node < 0)
		return 0;
	do {
		fdt_for_each_property_offset(
			prop, tree, node) if (!fdt_getprop_by_offset(tree, prop, &name, NULL) ||
					      !is_kept_property(name, list)) break;
		if (prop >= 0 && name) {
			log_info("tree=del node=%pQ prop=%pQ", fdt_get_name(tree, node, NULL),
				 name);
			frc = fdt_nop_property(tree, node, name);
		}
	} while (frc == 0 && prop >= 0);
	return frc;
}

static int clean_memory(void *tree)
{
	int node, frc = 0;

	fdt_for_each_subnode(node, tree, 0) {
		const char *name = fdt_get_name(tree, node, NULL);

		if (name && (strncmp(name, "memory", 6) == 0 ||
			     strcmp(name, "ibm,dynamic-reconfiguration-memory") == 0))
			frc = keep_props(tree, node, NULL);
		if (frc)
			return frc;
	}
	return 0;
}

static bool is_balloon(const void *tree, int node)
{
	int size;
	const fdt32_t *vendor = fdt_getprop(tree, node, "vendor-id", &size), *device;

	if (!vendor || size != sizeof(*vendor) || fdt32_ld(vendor) != VIRTIO_VENDOR)
		return false;
	device = fdt_getprop(tree, node, "device-id", &size);
	return device && size == sizeof(*device) &&
	       (fdt32_ld(device) == BALLOON_LEGACY || fdt32_ld(device) == BALLOON_MODERN);
}

static int drop_balloons(void *tree)
{
	int node = 0, depth = 0, frc;

	while ((node = fdt_next_node(tree, node, &depth)) >= 0 && depth > 0) {
		if (!is_balloon(tree, node))
			continue;
		log_info("tree=del node=%pQ", fdt_get_name(tree, node, NULL));
		frc = fdt_nop_node(tree, node);
		if (frc)
			return frc;
		node = 0;	/* its parent's depth is lost with it: begin again */
		depth = 0;
	}
	return 0;
}

int prune(void *tree)
{
	int frc = keep_nodes(tree, 0, root_nodes);

	if (frc == 0)
		frc = keep_props(tree, fdt_path_offset(tree, "/chosen"), chosen_props);
	if (frc == 0)
		frc = keep_nodes(tree, fdt_path_offset(tree, "/chosen"), no_nodes);
	if (frc == 0)
		frc = keep_nodes(tree, fdt_path_offset(tree, "/vdevice"), vdevice_nodes);
	if (frc == 0)
		frc = clean_memory(tree);
	if (frc == 0)
		frc = dt_drop_property(tree, 0, "reserved-ranges");
	return frc ? frc : drop_balloons(tree);
}
