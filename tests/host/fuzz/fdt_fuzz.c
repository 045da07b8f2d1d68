// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a device tree: the walk never accepts what libfdt refuses, the outline keeps its
 * promises, and a tree that was accepted can be edited and is sound afterwards.
 */
#include <libfdt.h>

#include "fdt/edit.h"
#include "fdt/outline.h"
#include "fdt/read.h"
#include "tests/host/fuzz/fuzz.h"

#define ROOM 4096

static void promises(const struct dt_outline *outline)
{
	const struct ranges *memory = &outline->memory;

	MUST(memory->count <= RANGES_MAX && outline->phbs <= DT_PHBS_MAX && outline->bridges <= DT_BRIDGES_MAX);
	for (size_t i = 0; i < memory->count; i++) {
		MUST(memory->item[i].start < memory->item[i].end);
		for (size_t j = 0; j < i; j++)
			MUST(!range_overlaps(memory->item[i], memory->item[j]));
	}
	for (uint32_t i = 0; i < outline->bridges; i++)
		MUST(outline->bridge[i].phb < outline->phbs);
}

/* What boot/ does with a tree: reservations, /chosen, properties of nodes. */
static void edit(void *tree, size_t space)
{
	struct ranges keep = { 0 };

	if (dt_open(tree, space))
		return;
	MUST(dt_check(tree, space) == 0);
	if (dt_reservations(tree, &keep) == 0 && dt_set_reservations(tree, &keep) == 0)
		fdt_setprop_u32(tree, 0, "linux,rtas-base", 0x1000);
	dt_copy_missing(tree, 0, tree, 0, "qemu,");
	fdt_setprop_empty(tree, fdt_path_offset(tree, "/chosen"), "virtio,access-platform");
	fdt_del_node(tree, fdt_path_offset(tree, "/rtas"));
	dt_close(tree, 64);
	MUST(dt_check(tree, space) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dt_outline outline;
	uint8_t *tree;

	if (size < sizeof(struct fdt_header))
		return 0;
	tree = malloc(size);	/* of its exact size, so that each stray byte shows */
	memcpy(tree, data, size);
	if (dt_check(tree, size) == 0) {
		MUST(fdt_check_full(tree, size) == 0);
		tree = realloc(tree, size + ROOM);
		if (dt_outline(&outline, tree, size) == 0)
			promises(&outline);
		edit(tree, size + ROOM);
	}
	free(tree);
	return 0;
}
