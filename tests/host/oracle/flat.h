/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nodes and properties of a flattened tree as libfdt's walk gives them to Linux: in their
 * order, none checked for sense, of one name as many as there are. Look-ups come in two kinds:
 * flat_*() as libfdt does them in the blob, late_*() as Linux does them in the nodes that it has
 * unflattened. They find different nodes. Lines of Linux are those of 6.12.
 */
#ifndef TESTS_ORACLE_FLAT_H
#define TESTS_ORACLE_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLAT_NODES_MAX 8192
#define FLAT_PROPS_MAX 32768
#define FLAT_ROOT      0
#define FLAT_NONE      (-1)

struct flat_prop {
	const char *name; /* NULL: not in the strings block, so nobody finds it */
	const uint8_t *value;
	uint32_t size, length;	/* of the value; of the name */
};

struct flat_node {
	const char *name;
	int parent, depth;
	int first, props; /* into prop[] */
};

struct flat {
	const uint8_t *blob, *end;
	const char *why_not; /* NULL, or why Linux would not get past reading it */
	uint32_t boot_cpu; /* of the header */
	int nodes, props;
	struct flat_node node[FLAT_NODES_MAX];
	struct flat_prop prop[FLAT_PROPS_MAX];
};

/* Read a tree of at most @size bytes; sets why_not. Never reads past @size. */
void flat_read(struct flat *flat, const void *blob, size_t size);

/* Pair @index of the memory reservations; false past the block. */
bool flat_reservation(const struct flat *flat, uint32_t index, uint64_t *base, uint64_t *size);

/* The first property of a name; NULL if there is none. Both kinds of look-up take the first. */
const struct flat_prop *flat_get(const struct flat *flat, int node, const char *name);

/* strcmp() of a value with a word, which may go on past the value's end, as Linux' does. */
bool flat_is(const struct flat *flat, const struct flat_prop *prop, const char *word);

/*
 * "compatible" has a word: of_fdt_is_compatible(), __of_device_is_compatible(); case does not
 * count.
 */
bool flat_compatible(const struct flat *flat, int node, const char *word);

/*
 * Cell @index of a value, without a look at its size, as of_read_number() and be32_to_cpup() do;
 * zero past the blob.
 */
uint32_t flat_cell(const struct flat *flat, const struct flat_prop *prop, uint32_t index);

/* of_read_number(): of more than two cells, the last two. */
uint64_t flat_number(const struct flat *flat, const struct flat_prop *prop, uint32_t index,
		     uint32_t cells);

/* A property of one cell or more, of_property_read_u32(). */
bool flat_u32(const struct flat *flat, int node, const char *name, uint32_t *value);

/* The child after @child, FLAT_NONE for the first. */
int flat_next_child(const struct flat *flat, int parent, int child);

/*
 * fdt_path_offset(), scripts/dtc/libfdt/fdt_ro.c:243: a component matches a name, or if it has no
 * unit address, a name up to one (:12). The first match of each level is taken, and no other tried.
 */
int flat_path(const struct flat *flat, const char *path);

/* Nodes that were unflattened: those above depth 63 (drivers/of/fdt.c:290). */
bool late_exists(const struct flat *flat, int node);

/* kbasename() of the name: what is behind its last slash. */
const char *late_name(const struct flat *flat, int node);

/*
 * of_find_node_by_path(), drivers/of/base.c:774: components match whole names only. @size: 0, or
 * where it ends.
 */
int late_path(const struct flat *flat, const char *path, size_t size);

/* of_find_node_by_name(@from), drivers/of/base.c:59, 886: any depth, without unit address. */
int late_by_name(const struct flat *flat, int from, const char *name);

/* of_find_node_by_type(@from), drivers/of/base.c:83, 914. */
int late_by_type(const struct flat *flat, int from, const char *type);

/* of_find_compatible_node(@from), drivers/of/base.c:944. */
int late_by_compatible(const struct flat *flat, int from, const char *word);

/* of_property_read_string(): NULL unless it ends in itself. */
const char *late_text(const struct flat *flat, int node, const char *name);

/*
 * of_bus_n_addr_cells(), of_bus_n_size_cells(), drivers/of/base.c:90: of the node or the nearest
 * above it, or 1.
 */
uint32_t late_cells(const struct flat *flat, int node, const char *name);

/* Path of a node, for people. */
const char *flat_path_of(const struct flat *flat, int node, char *text, size_t size);

#endif /* TESTS_ORACLE_FLAT_H */
