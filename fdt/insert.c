// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/insert.h"

#include <libfdt.h>

#include "lib/endian.h"
#include "lib/string.h"

#define PROP_HEAD 12U	/* FDT_PROP, size of the value, offset of the name: DTSpec 5.4.1 */

static uint64_t property_bytes(uint32_t value)
{
	return PROP_HEAD + (((uint64_t)value + 3) & ~3UL);
}

/* What list and names add to the tree. */
struct growth {
	uint64_t structure, strings;
};

/*
 * Where each name goes behind the strings that are there; one for all insertions that share it. It
 * is not looked for among them, which would cost more than all the rest.
 */
static int plan(struct growth *growth, const void *fdt, struct dt_insertion *list, size_t count)
{
	*growth = (struct growth){ 0, 0 };
	for (size_t i = 0; i < count; i++) {
		size_t same = i;

		if (i && list[i].node < list[i - 1].node)
			return -FDT_ERR_BADOFFSET;
		while (same && list[same - 1].name != list[i].name)
			same--;
		list[i].name_at = same ? list[same - 1].name_at :
					 fdt_size_dt_strings(fdt) + (uint32_t)growth->strings;
		growth->structure += property_bytes(list[i].size);
		growth->strings += same ? 0 : strlen(list[i].name) + 1;
		if (growth->structure + growth->strings > fdt_totalsize(fdt))
			return -FDT_ERR_NOSPACE;
	}
	return 0;
}

/* How many of the list are for its first node. */
static size_t of_one_node(const struct dt_insertion *list, size_t count)
{
	size_t same = 1;

	while (same < count && list[same].node == list->node)
		same++;
	return same;
}

bool dt_is_listed(const struct dt_insertion *list, size_t count, const struct dt_walk *walk)
{
	while (count--)
		if (dt_walk_named(walk, list[count].name))
			return true;
	return false;
}

/* Drop what the properties for one node replace. */
static int drop(void *fdt, const struct dt_insertion *list, size_t count)
{
	struct dt_walk walk;
	int event = dt_walk_node(&walk, fdt, list->node);

	while (event >= 0 && (event = dt_walk_next(&walk)) == DT_PROP) {
		uint8_t *at = (uint8_t *)fdt + (walk.value - (uint8_t *)fdt) - PROP_HEAD;

		if (!dt_is_listed(list, count, &walk))
			continue;
		for (uint64_t i = 0; i < property_bytes(walk.size); i += sizeof(fdt32_t))
			be32_store(at + i, FDT_NOP);
	}
	return event < 0 ? event : 0;
}

static void append_names(uint8_t *strings, const struct dt_insertion *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		memcpy(strings + list[i].name_at, list[i].name, strlen(list[i].name) + 1);
}

static void write_property(uint8_t *at, const struct dt_insertion *new)
{
	be32_store(at, FDT_PROP);
	be32_store(at + 4, new->size);
	be32_store(at + 8, new->name_at);
	memcpy(at + PROP_HEAD, new->value, new->size);
	for (uint64_t i = PROP_HEAD + new->size; i < property_bytes(new->size); i++)
		at[i] = 0;
}

/* The offset behind a node's name, where its first property is. */
static uint32_t first_property(const void *fdt, int node)
{
	struct dt_walk walk;

	return dt_walk_node(&walk, fdt, node) ? 0 : walk.at;
}

int dt_insert(void *fdt, struct dt_insertion *list, size_t count)
{
	uint8_t *structure = (uint8_t *)fdt + fdt_off_dt_struct(fdt);
	uint8_t *strings = (uint8_t *)fdt + fdt_off_dt_strings(fdt);
	uint32_t end = fdt_size_dt_struct(fdt);
	struct growth growth;
	uint64_t shift;
	int frc = plan(&growth, fdt, list, count);

	if (frc)
		return frc;
	shift = growth.structure;
	if (structure + end > strings ||	/* dt_open() puts the strings last */
	    fdt_off_dt_strings(fdt) + fdt_size_dt_strings(fdt) + shift + growth.strings >
		    fdt_totalsize(fdt))
		return -FDT_ERR_NOSPACE;
	for (size_t i = 0, same; i < count; i += same) {
		same = of_one_node(list + i, count - i);
		frc = drop(fdt, list + i, same);
		if (frc)
			return frc;
	}
	memmove(strings + shift, strings, fdt_size_dt_strings(fdt));
	append_names(strings + shift, list, count);
	fdt_set_off_dt_strings(fdt, fdt_off_dt_strings(fdt) + (uint32_t)shift);
	fdt_set_size_dt_strings(fdt, fdt_size_dt_strings(fdt) + (uint32_t)growth.strings);
	fdt_set_size_dt_struct(fdt, end + (uint32_t)shift);
	while (count--) {
		/* what lies before it has not moved */
		uint32_t at = first_property(fdt, list[count].node);

		memmove(structure + at + shift, structure + at, end - at);
		shift -= property_bytes(list[count].size);
		write_property(structure + at + shift, &list[count]);
		end = at;
	}
	return 0;
}
