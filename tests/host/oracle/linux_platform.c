// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "tests/host/oracle/linux_tree.h"

/*
 * rtas_initialize(), arch/powerpc/kernel/rtas.c:2077, takes the first node called rtas at any
 * depth. What is read of the blob (early_init_dt_scan_rtas(), :2121, and the dumps) is that of the
 * root whose whole name it is.
 */
static void read_rtas(struct linux_tree *tree, const struct flat *flat)
{
	struct linux_rtas *rtas = &tree->rtas;
	int node = FLAT_NONE;

	do
		node = flat_next_child(flat, FLAT_ROOT, node);
	while (node != FLAT_NONE && strcmp(flat->node[node].name, "rtas"));
	rtas->early = node;
	rtas->by_path = late_path(flat, "/rtas", 0);
	rtas->node = late_by_name(flat, FLAT_NONE, "rtas");
	if (rtas->node == FLAT_NONE)
		return;
	if (!flat_u32(flat, rtas->node, "linux,rtas-base", &rtas->base) ||
	    !flat_u32(flat, rtas->node, "rtas-size", &rtas->size)) {
		rtas->node = FLAT_NONE;
		return;
	}
	if (!flat_u32(flat, rtas->node, "linux,rtas-entry", &rtas->entry))
		rtas->entry = rtas->base;
}

/* rtas_function_table_init(), arch/powerpc/kernel/rtas.c:2051 */
bool linux_rtas_token(const struct linux_tree *tree, const struct flat *flat, const char *name,
		      uint32_t *token)
{
	const struct flat_node *node = &flat->node[tree->rtas.node];
	bool found = false;

	if (tree->rtas.node == FLAT_NONE)
		return false;
	for (int i = 0; i < node->props; i++) {
		const struct flat_prop *prop = &flat->prop[node->first + i];

		if (!prop->name || strcmp(prop->name, name) || prop->size != 4)
			continue;
		*token = flat_cell(flat, prop, 0);
		found = true;
	}
	return found;
}

/*
 * of_pci_range_parser_init(), of_pci_range_parser_one(), drivers/of/address.c:753: cells of the bus
 * and of its parent
 */
static void read_windows(struct linux_phb *phb, const struct flat *flat)
{
	const struct flat_prop *ranges = flat_get(flat, phb->node, "ranges");
	const uint32_t bus = late_cells(flat, phb->node, "#address-cells");
	const uint32_t cpu = late_cells(flat, FLAT_ROOT, "#address-cells");
	const uint32_t size = late_cells(flat, phb->node, "#size-cells");

	if (!ranges || bus != 3 || cpu > 2 || size > 2)
		return;
	for (uint32_t at = 0; at + bus + cpu + size <= ranges->size / 4; at += bus + cpu + size) {
		if (phb->windows < LINUX_WINDOWS_MAX) {
			phb->window[phb->windows].flags = flat_cell(flat, ranges, at);
			phb->window[phb->windows].bus = flat_number(flat, ranges, at + 1, bus - 1);
			phb->window[phb->windows].base = flat_number(flat, ranges, at + bus, cpu);
			phb->window[phb->windows].size =
				flat_number(flat, ranges, at + bus + cpu, size);
		}
		phb->windows++;
	}
}

/*
 * pSeries_discover_phbs(), arch/powerpc/platforms/pseries/setup.c:522: children of the root by
 * type, not by name
 */
static void read_phbs(struct linux_tree *tree, const struct flat *flat)
{
	int node = FLAT_NONE;

	while ((node = flat_next_child(flat, FLAT_ROOT, node)) != FLAT_NONE) {
		const struct flat_prop *type = flat_get(flat, node, "device_type");

		if (!flat_is(flat, type, "pci") && !flat_is(flat, type, "pciex"))
			continue;
		if (tree->phbs < LINUX_PHBS_MAX) {
			tree->phb[tree->phbs].node = node;
			read_windows(&tree->phb[tree->phbs], flat);
		}
		tree->phbs++;
	}
}

/*
 * of_find_node_opts_by_path(), drivers/of/base.c:828: what does not start with a slash starts with
 * an alias.
 */
static int find_by_opts(const struct flat *flat, const char *path)
{
	const size_t whole = strcspn(path, ":"), part = strcspn(path, "/:");
	const int aliases = late_path(flat, "/aliases", 0);
	char name[64];
	const struct flat_prop *alias;

	if (*path == '/')
		return late_path(flat, path, whole);
	if (aliases == FLAT_NONE || part >= sizeof(name) || path[part] == '/')
		return FLAT_NONE; /* an alias with more behind it: nothing writes that */
	memcpy(name, path, part);
	name[part] = '\0';
	alias = flat_get(flat, aliases, name);
	return alias && memchr(alias->value, 0, flat->end - alias->value) && *alias->value == '/'
		       ? late_path(flat, (const char *)alias->value, 0)
		       : FLAT_NONE;
}

/* of_alias_scan(), drivers/of/base.c:1784 */
static void read_console(struct linux_tree *tree, const struct flat *flat)
{
	const char *path = late_text(flat, tree->late_chosen, "stdout-path");

	tree->stdout = FLAT_NONE;
	if (tree->late_chosen == FLAT_NONE)
		return;
	if (!path)
		path = late_text(flat, tree->late_chosen, "linux,stdout-path");
	if (!path)
		path = late_text(flat, late_path(flat, "/aliases", 0), "stdout");
	if (path)
		tree->stdout = find_by_opts(flat, path);
}

/*
 * early_init_dt_scan_epapr(), arch/powerpc/kernel/epapr_paravirt.c:25: the first node at any depth
 * that has instructions
 */
static void read_hcall(struct linux_tree *tree, const struct flat *flat)
{
	tree->hcall = FLAT_NONE;
	for (int node = 0; node < flat->nodes; node++) {
		const struct flat_prop *code = flat_get(flat, node, "hcall-instructions");

		if (!code)
			continue;
		if (code->size % 4 == 0 && code->size <= 16) {
			tree->hcall = node;
			tree->hcalls = code->size / 4;
		}
		return;
	}
}

void linux_read_platform(struct linux_tree *tree, const struct flat *flat)
{
	read_rtas(tree, flat);
	read_phbs(tree, flat);
	read_console(tree, flat);
	read_hcall(tree, flat);
	/* check_kvm_guest(), arch/powerpc/kernel/firmware.c:32 */
	tree->hypervisor = late_path(flat, "/hypervisor", 0);
	tree->kvm = tree->hypervisor != FLAT_NONE &&
		    flat_compatible(flat, tree->hypervisor, "linux,kvm");
	/* rtas_fadump_dt_scan(), arch/powerpc/platforms/pseries/rtas-fadump.c:602 */
	tree->fadump = flat_get(flat, tree->rtas.early, "ibm,configure-kernel-dump");
	tree->crashed = tree->fadump && flat_get(flat, tree->rtas.early, "ibm,kernel-dump");
	/* pSeries_probe(), arch/powerpc/platforms/pseries/setup.c */
	if (!flat_is(flat, flat_get(flat, FLAT_ROOT, "device_type"), "chrp"))
		tree->why_not = "the root is not of type chrp";
}
