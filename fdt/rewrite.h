/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lenient reader: the platform's tree, in whatever order and with whatever else firmware and
 * boot loaders have put into it, read as Linux would read it and given on in canonical form
 * (fdt/schema.h). What the schema does not know is left out; of things that are there twice the
 * first counts; memory that the platform can plug becomes plain memory nodes.
 */
#ifndef FDT_REWRITE_H
#define FDT_REWRITE_H

#include "fdt/canonical.h"

/* Memory for the order of nodes while they are read. */
struct rewrite_entry {
	uint64_t unit, size;
	int node;			/* or -1: assigned blocks of dynamic memory */
	uint32_t associativity;		/* of these: index into the look-up arrays */
};

/*
 * rewrite_tree() - read @fdt, give it to @sink.
 * @fdt: has passed dt_check(); phandles in its interrupt maps are changed in place
 * @entries: room for @count of them; as many are needed as one node has children, and for each
 *           level of PCI buses again
 * @fault: what is missing or malformed, and where
 * Returns 0, -FDT_ERR_NOTFOUND with @fault, -FDT_ERR_NOSPACE (too few entries), or what @sink
 * returned.
 */
int rewrite_tree(void *fdt, struct node_sink *sink, struct rewrite_entry *entries, size_t count,
		 struct tree_fault *fault);

#endif /* FDT_REWRITE_H */
