// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/walk.h"

#include <libfdt.h>

#include "lib/endian.h"
#include "lib/string.h"

#define DEPTH_MAX 64	/* nobody nests deeper; keeps readers from counting without end */

/* The blocks of structure and strings. */
static int take_header(struct dt_walk *walk, const void *fdt, uint64_t max)
{
	const uint8_t *base = fdt;
	/* blocks lie inside totalsize, offsets do not wrap */
	int frc = fdt_check_header(fdt);

	if (frc)
		return frc;
	if (fdt_version(fdt) < 17)
		return -FDT_ERR_BADVERSION;
	if (fdt_totalsize(fdt) > max)
		return -FDT_ERR_TRUNCATED;
	*walk = (struct dt_walk){
		.structure = base + fdt_off_dt_struct(fdt),
		.end = fdt_size_dt_struct(fdt),
		.strings = (const char *)base + fdt_off_dt_strings(fdt),
		.strings_size = fdt_size_dt_strings(fdt),
		.depth = -1,
	};
	/* If the last string ends, every string does. */
	if (walk->strings_size && walk->strings[walk->strings_size - 1] != '\0')
		return -FDT_ERR_BADSTRUCTURE;
	return 0;
}

int dt_walk_start(struct dt_walk *walk, const void *fdt, uint64_t max)
{
	int frc = take_header(walk, fdt, max);

	if (frc)
		return frc;
	if (fdt_off_mem_rsvmap(fdt) % 8 || fdt_off_dt_struct(fdt) % 4)	/* DTSpec 5.6 */
		return -FDT_ERR_ALIGNMENT;
	return fdt_num_mem_rsv(fdt) < 0 ? -FDT_ERR_TRUNCATED : 0;
}

static int enter_node(struct dt_walk *walk)
{
	const char *name = (const char *)walk->structure + walk->at;
	const char *nul = memchr(name, '\0', walk->end - walk->at);

	if (!nul || ++walk->depth > DEPTH_MAX)
		return -FDT_ERR_BADSTRUCTURE;
	if (walk->depth == 0 && (walk->rooted || *name))	/* one root, without a name */
		return -FDT_ERR_BADSTRUCTURE;
	walk->rooted = walk->open = true;
	walk->node = (int)(walk->at - sizeof(fdt32_t));
	walk->name = name;
	walk->at += ((uint32_t)(nul + 1 - name) + 3) & ~3U;
	return DT_NODE;
}

int dt_walk_node(struct dt_walk *walk, const void *fdt, int node)
{
	int frc = take_header(walk, fdt, UINT64_MAX);

	if (frc)
		return frc;
	if (node < 0 || node % 4 || walk->end < sizeof(fdt32_t) ||
	    (uint32_t)node > walk->end - sizeof(fdt32_t) ||
	    be32_load(walk->structure + node) != FDT_BEGIN_NODE)
		return -FDT_ERR_BADOFFSET;
	walk->at = (uint32_t)node + sizeof(fdt32_t);
	if (node) {
		walk->depth = 0;
		walk->rooted = true;
	}
	frc = enter_node(walk);
	return frc < 0 ? frc : 0;
}

static int take_prop(struct dt_walk *walk)
{
	const uint8_t *head = walk->structure + walk->at;
	uint32_t left = walk->end - walk->at, name, size;

	if (!walk->open || left < 2 * sizeof(fdt32_t))
		return -FDT_ERR_BADSTRUCTURE;
	size = be32_load(head);
	name = be32_load(head + 4);
	left -= 2 * sizeof(fdt32_t);
	if (size > left || name >= walk->strings_size)
		return -FDT_ERR_BADSTRUCTURE;
	walk->name = walk->strings + name;
	walk->value = head + 8;
	walk->size = size;
	walk->at += 8 + ((size + 3) & ~3U);
	return DT_PROP;
}

/* 0, which is no tag, where there is none left. */
static inline uint32_t take_tag(struct dt_walk *walk)
{
	uint32_t tag;

	if ((uint64_t)walk->at + sizeof(fdt32_t) > walk->end)
		return 0;
	tag = be32_load(walk->structure + walk->at);
	walk->at += sizeof(fdt32_t);
	return tag;
}

/* Apart, so that the way of a property, which most are, needs no stack frame. */
static __attribute__((noinline)) int take_other(struct dt_walk *walk, uint32_t tag)
{
	for (; tag == FDT_NOP; tag = take_tag(walk))
		if (walk->rooted && walk->depth < 0)
			return -FDT_ERR_BADSTRUCTURE;
	switch (tag) {
	case FDT_PROP:
		return take_prop(walk);
	case FDT_BEGIN_NODE:
		return enter_node(walk);
	case FDT_END_NODE:
		if (walk->depth < 0)
			return -FDT_ERR_BADSTRUCTURE;
		walk->depth--;
		walk->open = false;	/* none may follow a child: DTSpec 5.4.2 */
		return DT_NODE_END;
	case FDT_END:
		return walk->rooted && walk->depth < 0 ? DT_DONE : -FDT_ERR_BADSTRUCTURE;
	default:
		return -FDT_ERR_BADSTRUCTURE;
	}
}

int dt_walk_next(struct dt_walk *walk)
{
	uint32_t tag = take_tag(walk);

	return tag == FDT_PROP ? take_prop(walk) : take_other(walk, tag);
}

/*
 * Pass the properties of a node up to one that is wanted, or that take_prop() is to judge. A value
 * that does not end in the structure block leads to its end, where no tag is.
 */
static void pass_properties(struct dt_walk *walk, uint64_t wanted)
{
	const uint8_t *const structure = walk->structure;
	const char *const strings = walk->strings;
	const uint64_t end = walk->end, strings_size = walk->strings_size;
	uint64_t at = walk->at, name;

	while (at + sizeof(struct fdt_property) <= end && be32_load(structure + at) == FDT_PROP) {
		name = be32_load(structure + at + 8);
		if (name + 2 >= strings_size || wanted & dt_walk_bit(strings + name))
			break;
		at += (sizeof(struct fdt_property) + be32_load(structure + at + 4) + 3) & ~3UL;
	}
	walk->at = at > end ? walk->end : (uint32_t)at;
}

int dt_walk_next_of(struct dt_walk *walk, uint64_t wanted)
{
	if (walk->open)
		pass_properties(walk, wanted);
	return dt_walk_next(walk);
}

int dt_walk_next_node(struct dt_walk *walk)
{
	int event;

	do
		event = dt_walk_next_of(walk, 0);
	while (event == DT_PROP);
	return event;
}

int dt_first_child(struct dt_children *children, const void *fdt, int parent)
{
	int frc = dt_walk_node(&children->walk, fdt, parent);

	if (frc)
		return frc;
	children->depth = children->walk.depth + 1;
	return dt_next_child(children);
}

int dt_next_child(struct dt_children *children)
{
	struct dt_walk *walk = &children->walk;
	int event;

	while ((event = dt_walk_next_node(walk)) > DT_DONE) {
		if (event == DT_NODE && walk->depth == children->depth)
			return walk->node;
		if (event == DT_NODE_END && walk->depth < children->depth - 1)
			break;
	}
	return event < 0 ? event : -FDT_ERR_NOTFOUND;
}
