/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many properties at once, so that what follows them in the tree moves once. */
#ifndef FDT_INSERT_H
#define FDT_INSERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fdt/walk.h"

struct dt_insertion {
	int node;
	const char *name;
	const void *value;	/* outside the tree */
	uint32_t size;		/* of the value, bytes */
	uint32_t name_at;	/* its own */
};

/*
 * dt_insert() - set properties in a tree that dt_open() has made editable. One of the same name
 * that is there becomes FDT_NOP. Nodes after the first of them move.
 * @list: sorted by node; no two of a node have the same name
 * Returns 0; -FDT_ERR_NOSPACE with the tree as it was; -FDT_ERR_BADOFFSET (no node, or not sorted)
 * or another error of dt_walk_node() or dt_walk_next().
 */
int dt_insert(void *fdt, struct dt_insertion *list, size_t count);

/* Whether a property of the name that @walk is at is in the list, for whatever node. */
bool dt_is_listed(const struct dt_insertion *list, size_t count, const struct dt_walk *walk);

#endif /* FDT_INSERT_H */
