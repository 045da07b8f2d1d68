// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/oracle/flat.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Words of the header, and tags: Devicetree Specification 0.4, 5.2, 5.4 */
enum {
	MAGIC, TOTALSIZE, STRUCT, STRINGS, RESERVATIONS, VERSION, COMPATIBLE, BOOT_CPU,
	STRINGS_SIZE, STRUCT_SIZE,
};
enum { BEGIN_NODE = 1, END_NODE, PROP, NOP, END = 9 };
#define HEADER	     40
#define UNFLAT_DEPTH 63 /* drivers/of/fdt.c FDT_MAX_DEPTH - 1 */

static uint32_t word_at(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static uint32_t head(const struct flat *flat, int word)
{
	return word_at(flat->blob + 4 * word);
}

/* fdt_check_header(), scripts/dtc/libfdt/fdt.c:89: no more is checked of a tree. */
static const char *check_header(const uint8_t *blob, size_t size)
{
	const uint32_t total = word_at(blob + 4 * TOTALSIZE);

	if (word_at(blob) != 0xd00dfeed)
		return "no magic number";
	if (word_at(blob + 4 * VERSION) < 17)
		return "a version before 17, which Linux reads and the oracle does not";
	if (word_at(blob + 4 * COMPATIBLE) > 17 ||
	    word_at(blob + 4 * COMPATIBLE) > word_at(blob + 4 * VERSION))
		return "its version";
	if (total < HEADER || total > size || total > INT32_MAX)
		return "its size";
	for (int word = STRUCT; word <= RESERVATIONS; word++) {
		const uint32_t at = word_at(blob + 4 * word);
		const uint32_t bytes = word == STRUCT	 ? word_at(blob + 4 * STRUCT_SIZE)
				       : word == STRINGS ? word_at(blob + 4 * STRINGS_SIZE)
							 : 0;

		if (at < HEADER || at > total || bytes > total - at)
			return "a block outside";
	}
	return NULL;
}

struct walk {
	struct flat *flat;
	const uint8_t *at, *end; /* of the structure block */
	int node; /* open; FLAT_NONE outside the root */
	bool in_props; /* libfdt sees no property behind the first child */
};

static const char *string_at(const struct flat *flat, uint32_t offset)
{
	const uint32_t size = head(flat, STRINGS_SIZE);
	const char *text = (const char *)flat->blob + head(flat, STRINGS) + offset;

	return offset < size && memchr(text, 0, size - offset) ? text : NULL;
}

static const uint8_t *aligned(const struct walk *walk, const uint8_t *at)
{
	const uint8_t *start = walk->flat->blob + head(walk->flat, STRUCT);

	return start + ((at - start + 3) & ~3L);
}

static bool begin_node(struct walk *walk)
{
	struct flat *flat = walk->flat;
	const uint8_t *end = memchr(walk->at, 0, walk->end - walk->at);

	if (!end || flat->nodes == FLAT_NODES_MAX)
		return false;
	flat->node[flat->nodes] = (struct flat_node){
		.name = (const char *)walk->at,
		.parent = walk->node,
		.first = flat->props,
		.depth = walk->node == FLAT_NONE ? 0 : flat->node[walk->node].depth + 1,
	};
	walk->node = flat->nodes++;
	walk->in_props = true;
	walk->at = aligned(walk, end + 1);
	return true;
}

static bool read_prop(struct walk *walk)
{
	struct flat *flat = walk->flat;
	uint32_t size;

	if (walk->end - walk->at < 8)
		return false;
	size = word_at(walk->at);
	if (size > walk->end - walk->at - 8 || flat->props == FLAT_PROPS_MAX)
		return false;
	if (walk->node != FLAT_NONE && walk->in_props) {
		const char *name = string_at(flat, word_at(walk->at + 4));

		flat->prop[flat->props++] = (struct flat_prop){
			name, walk->at + 8, size, name ? strlen(name) : 0,
		};
		flat->node[walk->node].props++;
	}
	walk->at = aligned(walk, walk->at + 8 + size);
	return true;
}

static void end_node(struct walk *walk)
{
	walk->node = walk->flat->node[walk->node].parent;
	walk->in_props = false;
}

/* Returns whether there is more; what is behind the root nobody reads. */
static bool step(struct walk *walk)
{
	uint32_t tag;

	if (walk->at > walk->end || walk->end - walk->at < 4) {
		walk->flat->why_not = "its structure is cut off";
		return false;
	}
	tag = word_at(walk->at);
	walk->at += 4;
	if (tag == END)
		return false;
	if (tag == END_NODE && walk->node != FLAT_NONE) {
		end_node(walk);
		return walk->node != FLAT_NONE;
	}
	if (tag == NOP || (tag == BEGIN_NODE && begin_node(walk)) ||
	    (tag == PROP && read_prop(walk)))
		return true;
	/* unflatten_dt_nodes(), drivers/of/fdt.c:306 */
	walk->flat->why_not = "its structure is broken";
	return false;
}

void flat_read(struct flat *flat, const void *blob, size_t size)
{
	struct walk walk = { .flat = flat, .node = FLAT_NONE };

	flat->nodes = flat->props = 0;
	flat->blob = blob;
	flat->end = flat->blob + size;
	flat->why_not = size < HEADER ? "its size" : check_header(blob, size);
	if (flat->why_not)
		return;
	flat->end = flat->blob + head(flat, TOTALSIZE);
	flat->boot_cpu = head(flat, BOOT_CPU);
	walk.at = flat->blob + head(flat, STRUCT);
	walk.end = walk.at + head(flat, STRUCT_SIZE);
	/* fdt_path_offset("/") is offset 0, whatever is there */
	if (head(flat, STRUCT) % 4 || walk.end - walk.at < 4 || word_at(walk.at) != BEGIN_NODE)
		flat->why_not = "no root at the start of its structure";
	else
		while (step(&walk))
			;
	if (!flat->why_not && !flat->nodes)
		flat->why_not = "no root";
}

bool flat_reservation(const struct flat *flat, uint32_t index, uint64_t *base, uint64_t *size)
{
	const uint8_t *at = flat->blob + head(flat, RESERVATIONS);

	if (flat->end - at < 16 || index > (size_t)(flat->end - at) / 16 - 1)
		return false;
	at += 16 * index;
	*base = (uint64_t)word_at(at) << 32 | word_at(at + 4);
	*size = (uint64_t)word_at(at + 8) << 32 | word_at(at + 12);
	return true;
}

/*
 * fdt_get_property_namelen_(), scripts/dtc/libfdt/fdt_ro.c:393; __of_find_property(),
 * drivers/of/base.c
 */
const struct flat_prop *flat_get(const struct flat *flat, int node, const char *name)
{
	const size_t length = strlen(name);

	if (node < 0)
		return NULL;
	for (int i = 0; i < flat->node[node].props; i++) {
		const struct flat_prop *prop = &flat->prop[flat->node[node].first + i];

		if (prop->length == length && prop->name && !memcmp(prop->name, name, length))
			return prop;
	}
	return NULL;
}

bool flat_is(const struct flat *flat, const struct flat_prop *prop, const char *word)
{
	const size_t size = strlen(word) + 1;

	return prop && size <= (size_t)(flat->end - prop->value) &&
	       !memcmp(prop->value, word, size);
}

bool flat_compatible(const struct flat *flat, int node, const char *word)
{
	const struct flat_prop *prop = flat_get(flat, node, "compatible");
	const uint8_t *at, *end;

	if (!prop)
		return false;
	for (at = prop->value; at < prop->value + prop->size; at = end + 1) {
		end = memchr(at, 0, flat->end - at);
		if (!end)
			return false;
		if (!strcasecmp((const char *)at, word))
			return true;
	}
	return false;
}

uint32_t flat_cell(const struct flat *flat, const struct flat_prop *prop, uint32_t index)
{
	const size_t left = flat->end - prop->value;

	return left / 4 > index ? word_at(prop->value + 4 * (size_t)index) : 0;
}

uint64_t flat_number(const struct flat *flat, const struct flat_prop *prop, uint32_t index,
		     uint32_t cells)
{
	uint64_t value = 0;

	for (; cells; cells--)
		value = value << 32 | flat_cell(flat, prop, index++);
	return value;
}

bool flat_u32(const struct flat *flat, int node, const char *name, uint32_t *value)
{
	const struct flat_prop *prop = flat_get(flat, node, name);

	if (!prop || prop->size < 4)
		return false;
	*value = flat_cell(flat, prop, 0);
	return true;
}

int flat_next_child(const struct flat *flat, int parent, int child)
{
	for (int node = child == FLAT_NONE ? parent + 1 : child + 1; node < flat->nodes; node++)
		if (flat->node[node].parent == parent)
			return node;
	return FLAT_NONE;
}

static bool flat_name_is(const char *name, const char *word, size_t size)
{
	if (strncmp(name, word, size))
		return false;
	return name[size] == '\0' || (name[size] == '@' && !memchr(word, '@', size));
}

int flat_path(const struct flat *flat, const char *path)
{
	int node = FLAT_ROOT;

	while (*path == '/')
		path++;
	while (*path && node != FLAT_NONE) {
		const size_t size = strcspn(path, "/");
		const int parent = node;

		node = flat_next_child(flat, parent, FLAT_NONE);
		while (node != FLAT_NONE && !flat_name_is(flat->node[node].name, path, size))
			node = flat_next_child(flat, parent, node);
		path += size;
		path += strspn(path, "/");
	}
	return node;
}

bool late_exists(const struct flat *flat, int node)
{
	return flat->node[node].depth < UNFLAT_DEPTH;
}

const char *late_name(const struct flat *flat, int node)
{
	const char *slash = strrchr(flat->node[node].name, '/');

	return slash ? slash + 1 : flat->node[node].name;
}

static int late_child(const struct flat *flat, int parent, const char *name, size_t size)
{
	int node = flat_next_child(flat, parent, FLAT_NONE);

	while (node != FLAT_NONE && (strncmp(late_name(flat, node), name, size) ||
				     strlen(late_name(flat, node)) != size))
		node = flat_next_child(flat, parent, node);
	return node != FLAT_NONE && late_exists(flat, node) ? node : FLAT_NONE;
}

int late_path(const struct flat *flat, const char *path, size_t size)
{
	const char *end = path + (size ? size : strlen(path));
	int node = FLAT_ROOT;

	if (end - path == 1 && *path == '/')
		return FLAT_ROOT;
	while (node != FLAT_NONE && path < end && *path == '/') {
		const size_t part = strcspn(++path, "/:");

		if (part > (size_t)(end - path))
			return FLAT_NONE;
		node = part ? late_child(flat, node, path, part) : FLAT_NONE;
		path += part;
	}
	return node;
}

int late_by_name(const struct flat *flat, int from, const char *name)
{
	for (int node = from + 1; node < flat->nodes; node++) {
		const char *got = late_name(flat, node);

		if (late_exists(flat, node) && strlen(name) == strcspn(got, "@") &&
		    !strncmp(got, name, strlen(name)))
			return node;
	}
	return FLAT_NONE;
}

int late_by_type(const struct flat *flat, int from, const char *type)
{
	for (int node = from + 1; node < flat->nodes; node++)
		if (late_exists(flat, node) &&
		    flat_is(flat, flat_get(flat, node, "device_type"), type))
			return node;
	return FLAT_NONE;
}

int late_by_compatible(const struct flat *flat, int from, const char *word)
{
	for (int node = from + 1; node < flat->nodes; node++)
		if (late_exists(flat, node) && flat_compatible(flat, node, word))
			return node;
	return FLAT_NONE;
}

const char *late_text(const struct flat *flat, int node, const char *name)
{
	const struct flat_prop *prop = flat_get(flat, node, name);

	return prop && prop->size && memchr(prop->value, 0, prop->size) ? (const char *)prop->value
									: NULL;
}

uint32_t late_cells(const struct flat *flat, int node, const char *name)
{
	uint32_t cells = 1; /* OF_ROOT_NODE_*_CELLS_DEFAULT, include/linux/of.h */

	while (node != FLAT_NONE && !flat_u32(flat, node, name, &cells))
		node = flat->node[node].parent;
	return cells;
}

const char *flat_path_of(const struct flat *flat, int node, char *text, size_t size)
{
	size_t used;

	if (node <= FLAT_ROOT) {
		snprintf(text, size, "%s", node == FLAT_ROOT ? "/" : "none");
		return text;
	}
	flat_path_of(flat, flat->node[node].parent, text, size);
	used = strlen(text);
	snprintf(text + used, size - used, "%s%s", used > 1 ? "/" : "", flat->node[node].name);
	return text;
}
