// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a device tree: the walk never accepts what libfdt refuses, one that passes properties
 * sees of the others what each step by itself sees, the outline keeps its promises, in brief as in full, look-ups find what libfdt's find, and a tree that was accepted can be edited and is
 * sound afterwards. Where only the header was looked at nothing leaves the buffer.
 */
#include <libfdt.h>

#include "fdt/edit.h"
#include "fdt/insert.h"
#include "fdt/outline.h"
#include "fdt/read.h"
#include "fdt/walk.h"
#include "tests/host/fuzz/fuzz.h"

#define ROOM 4096

/* Where a walk ended, and what it told of the properties of one name. */
struct told {
	int end;
	uint64_t nodes, props, sizes;
};

static struct told walk(const void *tree, size_t size, const char *name, bool pass)
{
	struct told told = { 0 };
	struct dt_walk walk;

	told.end = dt_walk_start(&walk, tree, size);
	while (told.end == 0 || told.end > DT_DONE) {
		told.end = pass ? dt_walk_next_of(&walk, dt_walk_bit(name)) : dt_walk_next(&walk);
		if (told.end == DT_DONE)
			break;
		told.nodes += told.end == DT_NODE;
		if (told.end == DT_PROP && dt_walk_named(&walk, name)) {
			told.props++;
			told.sizes = told.sizes * 31 + walk.size + (uint64_t)(walk.value - walk.structure);
		}
	}
	return told;
}

static void compare_walks(const void *tree, size_t size)
{
	static const char *const names[] = { "reg", "device_type", "bootargs" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct told each = walk(tree, size, names[i], false), passing = walk(tree, size, names[i], true);

		MUST(each.end == passing.end);
		MUST(each.end || (each.nodes == passing.nodes && each.props == passing.props && each.sizes == passing.sizes));
	}
}

static void compare_outlines(const struct dt_outline *full, const void *tree, size_t size)
{
	struct dt_outline brief;

	MUST(dt_outline(&brief, tree, size, DT_BRIEF) == 0);
	MUST(brief.memory.count == full->memory.count);
	for (size_t i = 0; i < brief.memory.count; i++)
		MUST(brief.memory.item[i].start == full->memory.item[i].start &&
		     brief.memory.item[i].end == full->memory.item[i].end);
	MUST(brief.phbs == full->phbs);
	for (uint32_t i = 0; i < brief.phbs; i++)
		MUST(brief.phb[i].node == full->phb[i].node && brief.phb[i].buid == full->phb[i].buid);
	MUST(brief.chosen == full->chosen && brief.rtas == full->rtas && brief.crash == full->crash);
	MUST(brief.nvram == -FDT_ERR_NOTFOUND && !brief.tpm && !brief.cpus && !brief.bridges && !brief.pci_devices);
}

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

/* What discover() and cas() do before the whole of a tree has been looked at. */
static void trust_the_header(const uint8_t *data, size_t size)
{
	uint8_t *tree = malloc(size + ROOM);
	struct dt_insertion list[] = { { 0, "a", "1", 2, 0 }, { 0, "reg", "", 0, 0 }, { 0, "b", data, 24, 0 } };
	int chosen;

	memcpy(tree, data, size);
	chosen = dt_find(tree, "/chosen");
	list[2].node = chosen;
	dt_get(tree, chosen, "bootargs", NULL);
	if (dt_open(tree, size + ROOM) == 0) {
		dt_copy_missing(tree, 0, data, dt_find(data, "/chosen"), "qemu,");
		dt_insert(tree, list, 3);
		dt_find(tree, "/rtas");
	}
	free(tree);
}

/* Of each node each property, which may be there twice. */
static void compare_look_ups(const void *tree)
{
	int prop;

	for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL))
		fdt_for_each_property_offset(prop, tree, node) {
			const char *name;

			if (fdt_getprop_by_offset(tree, prop, &name, NULL))
				MUST(dt_get(tree, node, name, NULL) == fdt_getprop(tree, node, name, NULL));
		}
	MUST(dt_find(tree, "/chosen") == fdt_path_offset(tree, "/chosen"));
	MUST(dt_find(tree, "/a/b@1/c") == fdt_path_offset(tree, "/a/b@1/c"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dt_outline outline;
	uint8_t *tree;

	if (size < sizeof(struct fdt_header))
		return 0;
	tree = malloc(size);	/* of its exact size, so that each stray byte shows */
	memcpy(tree, data, size);
	compare_walks(tree, size);
	if (dt_check_header(tree, size) == 0)
		trust_the_header(tree, size);	/* it makes a copy */
	if (dt_check(tree, size) == 0) {
		compare_look_ups(tree);
		MUST(fdt_check_full(tree, size) == 0);
		tree = realloc(tree, size + ROOM);
		if (dt_outline(&outline, tree, size, DT_FULL) == 0) {
			promises(&outline);
			compare_outlines(&outline, tree, size);
		}
		edit(tree, size + ROOM);
	}
	free(tree);
	return 0;
}
