/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over a tree that nothing has vouched for: each step checks what it passes, so that a
 * walk to DT_DONE is also the proof that the structure is sound. Several times faster than
 * libfdt's way from tag to tag, which checks everything at each access. Look-ups (fdt/read.h) and
 * insertions (fdt/insert.h) go this way, other edits libfdt's. Format: Devicetree Specification
 * 0.4, chapter 5.
 */
#ifndef FDT_WALK_H
#define FDT_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/string.h"

enum dt_event { DT_DONE, DT_NODE, DT_PROP, DT_NODE_END };

struct dt_walk {
	/* where it stands; offsets as libfdt counts them, from the start of the structure block */
	int node;		/* offset of the node just entered, or whose property this is */
	int depth;		/* of that node; the root has 0; at DT_NODE_END of its parent */
	const char *name;	/* of node or property, NUL-terminated */
	const uint8_t *value;	/* of a property */
	uint32_t size;		/* of value, bytes */

	/* its own */
	const uint8_t *structure;
	const char *strings;
	uint32_t at, end, strings_size;
	bool rooted, open;	/* the root has been seen; properties may come */
};

/*
 * dt_walk_start() - begin, after a check of the header.
 * @max: bytes that may be read at @fdt
 * Returns 0 or -FDT_ERR_*: TRUNCATED, BADMAGIC, BADVERSION (17 is wanted), ALIGNMENT, BADSTRUCTURE.
 */
int dt_walk_start(struct dt_walk *walk, const void *fdt, uint64_t max);

/*
 * dt_walk_node() - begin in the node @node of a tree that dt_walk_start() has taken before: the
 * next event is its first property, or what follows these. Its depth is 0 if it is the root, 1
 * otherwise.
 * Returns 0, -FDT_ERR_BADOFFSET where there is no node, or as dt_walk_start() and dt_walk_next().
 */
int dt_walk_node(struct dt_walk *walk, const void *fdt, int node);

/* The next event (enum dt_event), or -FDT_ERR_BADSTRUCTURE. Properties come before child nodes. */
int dt_walk_next(struct dt_walk *walk);

/*
 * The same, past most of the properties that nobody wants, which are checked as well.
 * @wanted: dt_walk_bit() of their names, or-ed; others may come, too
 */
int dt_walk_next_of(struct dt_walk *walk, uint64_t wanted);

/* @name: two characters at least, and the NUL */
static inline __attribute__((always_inline)) uint64_t dt_walk_bit(const char *name)
{
	return 1UL << ((name[0] ^ name[2]) & 63);
}

/* The same, past all properties. */
int dt_walk_next_node(struct dt_walk *walk);

struct dt_children {
	struct dt_walk walk;	/* its name is the child's */
	int depth;		/* of the children */
};

/*
 * dt_first_child() - as fdt_first_subnode(), by a walk, which dt_next_child() takes on. The tree
 * must stay as it is meanwhile. Both return the child's offset, -FDT_ERR_NOTFOUND where there is
 * none, or as dt_walk_node().
 *
 *	for (node = dt_first_child(&nodes, fdt, parent); node >= 0; node = dt_next_child(&nodes))
 */
int dt_first_child(struct dt_children *children, const void *fdt, int parent);
int dt_next_child(struct dt_children *children);

/* Whether that is the name of node or property. In place: most names differ in their first byte. */
static inline __attribute__((always_inline)) bool dt_walk_named(const struct dt_walk *walk,
								const char *name)
{
	return *walk->name == *name && strcmp(walk->name, name) == 0;
}

#endif /* FDT_WALK_H */
