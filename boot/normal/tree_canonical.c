// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/tree_canonical.h"

#include <libfdt.h>

#include "fdt/flatten.h"
#include "fdt/read.h"
#include "fdt/rewrite.h"
#include "fdt/walk.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/string.h"

#define INITRD_SPACE 1024	/* of the scrap: boot/normal/stage.c stage_empty_initrd() */

static bool is_known_child(enum node_kind parent, const char *name)
{
	if (parent == NODE_ROOT && strcmp(name, "ibm,dynamic-reconfiguration-memory") == 0)
		return true;	/* becomes memory nodes */
	for (int kind = NODE_ROOT; kind < NODE_KINDS; kind++)
		if (node_is_child(kind, parent, name))
			return true;
	return false;
}

static void report_left_out(const void *tree, enum node_kind kind, const char *path)
{
	struct dt_children nodes;
	int node = dt_first_child(&nodes, tree, dt_find(tree, path));

	for (; node >= 0; node = dt_next_child(&nodes))
		if (!is_known_child(kind, nodes.walk.name))
			log_info("tree=del node=%pQ", nodes.walk.name);
}

static int explain(int frc, const struct tree_fault *fault)
{
	switch (frc) {
	case -FDT_ERR_NOTFOUND:
		return fault->property ? error(E_CONTRACT, "node %pQ, property %pQ: %s",
					       fault->node, fault->property, fault->why) :
					 error(E_CONTRACT, "node %pQ: %s", fault->node, fault->why);
	case -FDT_ERR_NOSPACE:
		return error(E_TOO_MANY, "CPUs, devices or memory nodes");
	default:
		return error(E_TREE_EDIT, "%s", fdt_strerror(frc));
	}
}

static int write_tree(void *to, struct home *home, struct tree_fault *fault)
{
	struct rewrite_entry *entries = (void *)((uint8_t *)home->scrap + INITRD_SPACE);
	struct ranges reserved = { 0 };
	struct flatten flatten;
	int frc = dt_reservations(home->tree, &reserved);

	if (frc == 0)
		frc = flatten_start(&flatten, to, TREE_SPACE, CROSSES, &reserved);
	if (frc == 0)
		frc = rewrite_tree(home->tree, &flatten.sink, entries,
				   (SCRAP_SPACE - INITRD_SPACE) / sizeof(*entries), fault);
	return frc ? frc : flatten_finish(&flatten, fdt_boot_cpuid_phys(home->tree));
}

int tree_canonicalise(struct home *home)
{
	struct tree_fault fault;
	void *to = (void *)(((uintptr_t)home->spare + 7) & ~7UL);
	int frc = write_tree(to, home, &fault);

	if (frc)
		return explain(frc, &fault);
	if (dt_find(to, "/memory@0") < 0)
		return error(E_CONTRACT, "/memory@0 at 0");
	if (log_enabled(LOG_INFO)) {
		report_left_out(home->tree, NODE_ROOT, "/");
		report_left_out(home->tree, NODE_VDEVICE, "/vdevice");
	}
	home->spare = home->tree;
	home->tree = to;
	return 0;
}
