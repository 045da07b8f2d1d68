/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The strict reader: a tree is taken only in canonical form (fdt/schema.h), in which no two readers
 * can see different things. Every node and property is known, in its place, there once, and of its
 * form; units ascend; names are those that the values give. Whatever else a tree contains is
 * refused, wherever it stands.
 */
#ifndef FDT_CANONICAL_H
#define FDT_CANONICAL_H

#include "fdt/node.h"

#define CANONICAL_DEPTH_MAX 10	/* root, host bridge, seven bridges one behind the other, device */

/* What was refused, and where; names may be anything and lie in the tree. */
struct tree_fault {
	const char *why;
	const char *node, *property;	/* property NULL: the node itself */
};

/*
 * canonical_read() - read a tree once, each node into @sink.
 * @max: bytes that may be read at @fdt
 * @fault: filled in when the tree is refused
 * Returns 0, -FDT_ERR_BADSTRUCTURE or another error of dt_walk_start() when the tree is refused, or
 * what @sink returned.
 */
int canonical_read(const void *fdt, uint64_t max, struct node_sink *sink, struct tree_fault *fault);

#endif /* FDT_CANONICAL_H */
