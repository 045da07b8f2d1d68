/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer of canonical trees, by libfdt's sequential write: node by node in the order in which
 * they come, each with the properties that the schema names for the reader, in its order.
 */
#ifndef FDT_FLATTEN_H
#define FDT_FLATTEN_H

#include "fdt/node.h"
#include "lib/range.h"

struct flatten {
	struct node_sink sink;		/* what to give nodes to; first */
	void *fdt;
	uint8_t reader;			/* CROSSES or LINUX */
	uint16_t name[NODE_KINDS][NODE_VALUES_MAX];	/* its own */
};

/*
 * flatten_start() - begin a tree in @size bytes at @buffer, 8-aligned.
 * @reader: CROSSES (the secure world) or LINUX: who is to see it
 * @reserved: the memory reservation block
 * From then on nodes go to flatten->sink, which returns 0 or a -FDT_ERR_* of libfdt.
 */
int flatten_start(struct flatten *flatten, void *buffer, size_t size, uint8_t reader,
		  const struct ranges *reserved);

/* A node without children. */
int flatten_leaf(struct flatten *flatten, struct node *node);

/*
 * End the tree, whose root has ended. @boot_cpu: of the header, boot_cpuid_phys. Returns 0 or a
 * -FDT_ERR_*.
 */
int flatten_finish(struct flatten *flatten, uint32_t boot_cpu);

#endif /* FDT_FLATTEN_H */
