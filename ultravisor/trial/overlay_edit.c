// SPDX-License-Identifier: GPL-2.0-or-later
/* What a merge by libfdt cannot do to a tree. */
#include "ultravisor/trial/overlay_edit.h"

#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/string.h"

#define PREFIX	 "uv-evil,"
#define NAMES	 "uv-evil,names"	/* a node that is soon gone again */
#define LIST_MAX 1024			/* bytes of the value of such a property */
#define WORD	 4U			/* everything in the structure block is a multiple of it */

/* Of a node in the structure block: where it is, and whether a name is that of a child: "name/" */
struct item {
	int start, end;
	bool child;
};

/* Past the tag @at and what belongs to it, all children of a node included; or -FDT_ERR_*. */
static int end_of(const void *tree, int at)
{
	int depth = 0, next;

	do {
		uint32_t tag = fdt_next_tag(tree, at, &next);

		if (next < 0)
			return next;
		if (tag == FDT_END)
			return -FDT_ERR_BADSTRUCTURE;
		depth += (tag == FDT_BEGIN_NODE) - (tag == FDT_END_NODE);
		at = next;
	} while (depth > 0);
	return at;
}

static int find_child(const void *tree, int node, const char *name, size_t size)
{
	int child, length;

	fdt_for_each_subnode(child, tree, node) {
		const char *have = fdt_get_name(tree, child, &length);

		if (have && (size_t)length == size && memcmp(have, name, size) == 0)
			return child;
	}
	return child;
}

static int find_property(const void *tree, int node, const char *name)
{
	int prop;

	fdt_for_each_property_offset(prop, tree, node) {
		const char *have;

		if (fdt_getprop_by_offset(tree, prop, &have, NULL) && strcmp(have, name) == 0)
			return prop;
	}
	return prop;
}

/* The first property called @name; or, if a slash ends that, the first child. */
static int find_item(struct item *item, const void *tree, int node, const char *name)
{
	size_t size = strlen(name);

	item->child = size > 0 && name[size - 1] == '/';
	item->start = item->child ? find_child(tree, node, name, size - 1) :
				    find_property(tree, node, name);
	if (item->start < 0)
		return item->start;
	item->end = end_of(tree, item->start);
	return item->end < 0 ? item->end : 0;
}

static uint8_t *structure(void *tree, int at)
{
	return (uint8_t *)tree + fdt_off_dt_struct(tree) + at;
}

static void reverse_words(void *tree, int from, int to)
{
	uint8_t *low = structure(tree, from), *high = structure(tree, to);

	for (; low + WORD < high; low += WORD) {
		uint32_t word = be32_load(low);

		high -= WORD;
		be32_store(low, be32_load(high));
		be32_store(high, word);
	}
}

/* Swap two neighbours, [@from, @middle) and [@middle, @to), of the structure block. */
static void swap_blocks(void *tree, int from, int middle, int to)
{
	reverse_words(tree, from, middle);
	reverse_words(tree, middle, to);
	reverse_words(tree, from, to);
}

static int delete_item(void *tree, int node, const char *name, const struct item *item)
{
	return item->child ? fdt_del_node(tree, item->start) : fdt_delprop(tree, node, name);
}

/* Where the children of a node begin, behind its last property; its end if it has none. */
static int first_child(const void *tree, int node)
{
	int at, next;
	uint32_t tag;

	fdt_next_tag(tree, node, &next);
	do {
		at = next;
		tag = fdt_next_tag(tree, at, &next);
	} while (tag == FDT_PROP || tag == FDT_NOP);
	return at;
}

static int put_first(void *tree, int node, const char *name, const struct item *item)
{
	int to;

	(void)name;
	if (item->child)
		to = first_child(tree, node);
	else
		fdt_next_tag(tree, node, &to);	/* behind the node's name */
	swap_blocks(tree, to, item->start, item->end);
	return 0;
}

static int put_last(void *tree, int node, const char *name, const struct item *item)
{
	int to = item->child ? end_of(tree, node) - (int)WORD : first_child(tree, node);

	(void)name;
	swap_blocks(tree, item->start, item->end, to);
	return 0;
}

/* Make sure that @name is in the strings block; its offset there, or -FDT_ERR_*. */
static int add_name(void *tree, int node, const char *name)
{
	int names = fdt_add_subnode(tree, node, NAMES), frc;
	const struct fdt_property *prop;

	if (names < 0)
		return names;
	frc = fdt_setprop(tree, names, name, NULL, 0);
	if (frc)
		return frc;
	prop = fdt_get_property(tree, names, name, NULL);
	frc = prop ? (int)fdt32_to_cpu(prop->nameoff) : -FDT_ERR_INTERNAL;
	fdt_del_node(tree, names);
	return frc;
}

/* Without regard to what else has that name. */
static int rename_item(void *tree, int node, const char *to, const struct item *item)
{
	char name[LIST_MAX];
	size_t size = strlen(to);
	int offset;

	memcpy(name, to, size + 1);
	if (item->child && size > 0 && name[size - 1] == '/')
		name[size - 1] = '\0';
	if (item->child)
		return fdt_set_name(tree, item->start, name);
	offset = add_name(tree, node, name);	/* behind the properties, which stay */
	if (offset < 0)
		return offset;
	be32_store(structure(tree, item->start) + offsetof(struct fdt_property, nameoff),
		   (uint32_t)offset);
	return 0;
}

/* Each works on the items that its value lists, in this order; a rename has two names for each. */
static const struct edit {
	char name[16];
	int (*apply)(void *tree, int node, const char *name, const struct item *item);
	bool pairs;
} edits[] = {
	{ "uv-evil,delete", delete_item, false },
	{ "uv-evil,first", put_first, false },
	{ "uv-evil,last", put_last, false },
	{ "uv-evil,rename", rename_item, true },
};

static int apply_list(struct overlay_done *done, void *tree, int node, const struct edit *edit,
		      const char *list, int size)
{
	struct item item;

	for (const char *name = list, *end = list + size; name < end; name += strlen(name) + 1) {
		int frc;

		done->where = name;
		frc = find_item(&item, tree, node, name);
		if (frc)
			return frc;
		if (edit->pairs) {
			name += strlen(name) + 1;
			if (name >= end)
				return -FDT_ERR_BADVALUE;
		}
		frc = edit->apply(tree, node, name, &item);
		if (frc)
			return frc;
		done->edits++;
	}
	return 0;
}

static int edit_node(struct overlay_done *done, void *tree, int node)
{
	static char list[LIST_MAX];	/* @where points there */

	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		int size, frc;
		const char *value = dt_get(tree, node, edits[i].name, &size);

		if (!value)
			continue;
		done->where = edits[i].name;
		if (size <= 0 || size > LIST_MAX || value[size - 1])
			return -FDT_ERR_BADVALUE;
		memcpy(list, value, (size_t)size);
		frc = fdt_delprop(tree, node, edits[i].name);
		if (frc == 0)
			frc = apply_list(done, tree, node, &edits[i], list, size);
		if (frc)
			return frc;
	}
	return 0;
}

/* What still has the prefix is none that we know. */
static int refuse_unknown(struct overlay_done *done, const void *tree, int node)
{
	int prop;

	fdt_for_each_property_offset(prop, tree, node) {
		if (!fdt_getprop_by_offset(tree, prop, &done->where, NULL))
			return -FDT_ERR_BADSTRUCTURE;
		if (strncmp(done->where, PREFIX, strlen(PREFIX)) == 0)
			return -FDT_ERR_BADVALUE;
	}
	return 0;
}

int overlay_edit(struct overlay_done *done, void *tree)
{
	int frc = 0;

	for (int node = 0; node >= 0 && frc == 0; node = fdt_next_node(tree, node, NULL)) {
		frc = edit_node(done, tree, node);
		if (frc == 0)
			frc = refuse_unknown(done, tree, node);
	}
	return frc;
}
