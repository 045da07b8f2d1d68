// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/doors/of_tree.h"

#include <libfdt.h>

#include "lib/fail.h"
#include "lib/string.h"

#define RESERVATIONS 40U	/* after the header: the block of memory reservations, empty */
#define STRUCTURE    56U	/* after its terminating entry of 16 bytes */
#define LIMIT	  ((uint32_t)TREE_SPACE - OF_NAMES_SPACE - 64)	/* what follows are the names */

/* Room for @size bytes and what ends the tree; NULL where there is none. */
static uint8_t *reserve_bytes(struct of_flat *flat, uint32_t size)
{
	uint8_t *at = flat->tree + flat->at;

	if (size > LIMIT - flat->at)
		return NULL;
	flat->at += (size + 3) & ~3U;
	return at;
}

static int put_cell(struct of_flat *flat, uint32_t cell)
{
	uint8_t *at = reserve_bytes(flat, sizeof(cell));

	if (!at)
		return error(E_OF_SIZE, "over %lu bytes, %u nodes", TREE_SPACE, flat->nodes);
	fdt32_st(at, cell);
	return 0;
}

static uint32_t hash_name(const char *name)
{
	uint32_t value = 0;

	while (*name)
		value = value * 31 + (uint8_t)*name++;
	return value ^ value >> 12;
}

/* Offset of a name in the strings block, which has each once. */
static int place_name(struct of_flat *flat, const char *name, uint32_t *offset)
{
	uint32_t size = (uint32_t)strlen(name) + 1, at = hash_name(name) % OF_NAMES_SLOTS;

	for (; flat->slot[at]; at = (at + 1) % OF_NAMES_SLOTS) {
		*offset = flat->slot[at] - 1;
		if (strcmp(flat->names + *offset, name) == 0)
			return 0;
	}
	if (size > OF_NAMES_SPACE - flat->names_end || flat->slots == OF_NAMES_SLOTS - 1)
		return error(E_OF_SIZE, "%u different names of properties", flat->slots);
	*offset = flat->names_end;
	memcpy(flat->names + *offset, name, size);
	flat->names_end += size;
	flat->slot[at] = *offset + 1;
	flat->slots++;
	return 0;
}

static int put_header(struct of_flat *flat, const char *name, uint32_t size)
{
	uint32_t offset;
	int rc = place_name(flat, name, &offset);

	if (rc == 0)
		rc = put_cell(flat, FDT_PROP);
	if (rc == 0)
		rc = put_cell(flat, size);
	return rc ? rc : put_cell(flat, offset);
}

/*
 * The value is read to where it belongs: its size is known afterwards, and is asked for only once.
 */
static int put_property(struct of_flat *flat, uint32_t node, const char *name)
{
	uint32_t header = flat->at, size;
	uint8_t *value;
	int rc = put_header(flat, name, 0);

	if (rc)
		return rc;
	value = flat->tree + flat->at;
	rc = OF_CALL(flat->of, &size, "getprop", node, (uintptr_t)name, (uintptr_t)value,
		     LIMIT - flat->at);
	if (rc)
		return rc;
	if (size == OF_NONE)
		return error(E_OF_TREE, "%pQ: property %pQ is not there", flat->path, name);
	if (!reserve_bytes(flat, size))
		return error(E_OF_SIZE, "%pQ: property %pQ of %u bytes", flat->path, name, size);
	memset(value + size, 0, -size & 3);
	fdt32_st(flat->tree + header + 4, size);
	return 0;
}

static int read_next_name(struct of_flat *flat, uint32_t node, const char *before, char *name,
			  bool *more)
{
	uint32_t found;
	int rc;

	memset(name, 0, OF_NAME_MAX);
	rc = OF_CALL(flat->of, &found, "nextprop", node, (uintptr_t)before, (uintptr_t)name);
	*more = rc == 0 && found == 1;
	if (rc || found == 0)
		return rc;
	if (found != 1 || *name == '\0' || strnlen(name, OF_NAME_MAX) == OF_NAME_MAX)
		return error(E_OF_TREE, "%pQ: the property after %pQ (%u)", flat->path, before,
			     found);
	return 0;
}

static int put_properties(struct of_flat *flat, uint32_t node)
{
	bool more, has_phandle = false;
	const char *before = "";

	for (uint32_t i = 0;; i++) {
		char *name = flat->name[i & 1];
		int rc = read_next_name(flat, node, before, name, &more);

		if (rc)
			return rc;
		if (!more)
			break;
		if (i == OF_PROPS_MAX)
			return error(E_OF_TREE, "%pQ: over %u properties", flat->path,
				     OF_PROPS_MAX);
		has_phandle |= strcmp(name, "phandle") == 0 || strcmp(name, "linux,phandle") == 0;
		if (strcmp(name, "name") != 0 && (rc = put_property(flat, node, name)))
			return rc;
		before = name;
	}
	if (has_phandle)
		return 0;
	return put_header(flat, "phandle", sizeof(node)) ?: put_cell(flat, node);
}

/* A flat tree has the last part of the path: name and unit address. */
static int put_name(struct of_flat *flat, uint32_t node, uint32_t depth)
{
	const char *name;
	uint32_t size;
	uint8_t *at;
	int rc;

	memset(flat->path, 0, sizeof(flat->path));
	rc = OF_CALL(flat->of, &size, "package-to-path", node, (uintptr_t)flat->path, OF_PATH_MAX);
	if (rc)
		return rc;
	name = strrchr(flat->path, '/');
	if (size > OF_PATH_MAX || flat->path[OF_PATH_MAX] || !name ||
	    (name[1] == '\0') != (depth == 0))
		return error(E_OF_TREE, "node 0x%x has a path of %u bytes: %pQ", node, size,
			     flat->path);
	at = reserve_bytes(flat, (uint32_t)strlen(name));	/* its NUL for the slash */
	if (!at)
		return error(E_OF_SIZE, "over %lu bytes, %u nodes", TREE_SPACE, flat->nodes);
	memset(at, 0, (strlen(name) + 3) & ~3UL);
	memcpy(at, name + 1, strlen(name) - 1);
	return 0;
}

static int begin_node(struct of_flat *flat, uint32_t node, uint32_t depth)
{
	int rc;

	if (depth == OF_DEPTH_MAX)
		return error(E_OF_TREE, "%pQ: over %u nodes deep", flat->path, OF_DEPTH_MAX);
	if (flat->nodes++ == OF_NODES_MAX)
		return error(E_OF_TREE, "over %u nodes", OF_NODES_MAX);
	if ((rc = put_cell(flat, FDT_BEGIN_NODE)) || (rc = put_name(flat, node, depth)))
		return rc;
	return put_properties(flat, node);
}

/*
 * To the first child, or else past the ends of nodes to the next one; all ends past: @depth is 0.
 */
static int next_node(struct of_flat *flat, uint32_t parents[OF_DEPTH_MAX], uint32_t *depth,
		     uint32_t *node)
{
	uint32_t next;
	int rc = OF_CALL(flat->of, &next, "child", *node);

	if (rc)
		return rc;
	if (next) {
		parents[(*depth)++] = *node;
	} else {
		for (rc = put_cell(flat, FDT_END_NODE); rc == 0 && *depth;
		     rc = put_cell(flat, FDT_END_NODE)) {
			rc = OF_CALL(flat->of, &next, "peer", *node);
			if (rc || next)
				break;
			*node = parents[--*depth];
		}
	}
	if (rc == 0 && next == OF_NONE)
		return error(E_OF_TREE, "%pQ: no node after it", flat->path);
	*node = next;
	return rc;
}

/* Append the strings block; fill in the header. */
static int finish_header(struct of_flat *flat)
{
	uint32_t structure = flat->at - STRUCTURE + 4;
	int rc = put_cell(flat, FDT_END);

	if (rc)
		return rc;
	memcpy(flat->tree + flat->at, flat->names, flat->names_end);
	memset(flat->tree + RESERVATIONS, 0, STRUCTURE - RESERVATIONS);
	fdt_set_magic(flat->tree, FDT_MAGIC);
	fdt_set_version(flat->tree, FDT_LAST_SUPPORTED_VERSION);
	fdt_set_last_comp_version(flat->tree, FDT_LAST_COMPATIBLE_VERSION);
	fdt_set_off_mem_rsvmap(flat->tree, RESERVATIONS);
	fdt_set_off_dt_struct(flat->tree, STRUCTURE);
	fdt_set_size_dt_struct(flat->tree, structure);
	fdt_set_off_dt_strings(flat->tree, flat->at);
	fdt_set_size_dt_strings(flat->tree, flat->names_end);
	fdt_set_totalsize(flat->tree, flat->at + flat->names_end);
	return 0;
}

int of_flatten(struct of_flat *flat)
{
	uint32_t parents[OF_DEPTH_MAX], depth = 0, node;
	int rc = OF_CALL(flat->of, &node, "peer", 0);

	if (rc == 0 && !of_valid(node))
		return error(E_OF_TREE, "no root node");
	flat->at = STRUCTURE;
	do {
		if (rc || (rc = begin_node(flat, node, depth)) ||
		    (rc = next_node(flat, parents, &depth, &node)))
			return rc;
	} while (depth);
	return finish_header(flat);
}
