// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/walk.h"

#include <libfdt.h>

#include "lib/endian.h"
#include "lib/string.h"

#define DEPTH_MAX 64	/* nobody nests deeper; keeps readers from counting without end */

int dt_walk_start(struct dt_walk *walk, const void *fdt, uint64_t max)
{
	const uint8_t *base = fdt;
	/* blocks lie inside totalsize, offsets do not wrap */
	int frc = fdt_check_header(fdt);

	if (frc)
		return frc;
	if (fdt_version(fdt) < 17)
		return -FDT_ERR_BADVERSION;
	if (fdt_off_mem_rsvmap(fdt) % 8 || fdt_off_dt_struct(fdt) % 4)	/* DTSpec 5.6 */
		return -FDT_ERR_ALIGNMENT;
	if (fdt_totalsize(fdt) > max)
		return -FDT_ERR_TRUNCATED;
	if (fdt_num_mem_rsv(fdt) < 0)
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

int dt_walk_next(struct dt_walk *walk)
{
	while (walk->at < walk->end && walk->end - walk->at >= sizeof(fdt32_t)) {
		uint32_t tag = be32_load(walk->structure + walk->at);

		walk->at += sizeof(fdt32_t);
		switch (tag) {
		case FDT_NOP:
			if (walk->rooted && walk->depth < 0)
				return -FDT_ERR_BADSTRUCTURE;
			continue;
		case FDT_BEGIN_NODE:
			return walk->at < walk->end ? enter_node(walk) : -FDT_ERR_BADSTRUCTURE;
		case FDT_PROP:
			return take_prop(walk);
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
	return -FDT_ERR_BADSTRUCTURE;
}
