/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory as pseries trees describe it: values of properties into ranges. */
#ifndef FDT_MEMORY_H
#define FDT_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/range.h"

/* Cells by which the children of a node are addressed. */
struct dt_cells {
	uint32_t address, size;
};

/*
 * Add "reg" of a memory node to @memory, whose neighbours are joined. Returns 0, -FDT_ERR_BADVALUE
 * for a malformed value or ranges that wrap or overlap, -FDT_ERR_NOSPACE when @memory is full.
 */
int dt_add_memory(struct ranges *memory, struct dt_cells cells, const uint8_t *reg, uint32_t size);

/* Bytes of a range in a value: address and size, two cells each. */
#define DT_RANGE_SIZE 16

/* Write @range so, as in "reg" and "reserved-ranges" of a pseries tree. */
void dt_store_range(uint8_t out[DT_RANGE_SIZE], struct range range);

/* A run of memory blocks, as "ibm,dynamic-memory" and "ibm,dynamic-memory-v2" have them. */
struct dt_block {
	struct range range;
	uint32_t associativity;	/* index into "ibm,associativity-lookup-arrays" */
	bool in_use;		/* assigned to us and not reserved */
};

struct dt_blocks {
	const uint8_t *entry;
	uint32_t left;		/* entries */
	uint64_t lmb_size;	/* bytes of a block */
	bool v2;
};

/*
 * dt_blocks_set() - begin with a value of @size bytes. Returns 0, or -FDT_ERR_BADVALUE where its
 * count is not that of its entries.
 * dt_blocks_start() - begin with the node @node of @fdt, whose newer form counts. Returns 0,
 * -FDT_ERR_BADVALUE, or -FDT_ERR_NOTFOUND without node or blocks.
 * dt_blocks_next() - the next run. Returns 1, 0 at the end, or -FDT_ERR_BADVALUE (it wraps).
 */
int dt_blocks_set(struct dt_blocks *blocks, uint64_t lmb_size, bool v2, const uint8_t *value,
		  uint32_t size);
int dt_blocks_start(struct dt_blocks *blocks, const void *fdt, int node);
int dt_blocks_next(struct dt_blocks *blocks, struct dt_block *block);

/*
 * The same for the blocks of /ibm,dynamic-reconfiguration-memory that are assigned and not
 * reserved: "ibm,dynamic-memory" (v2 false) or "ibm,dynamic-memory-v2" (v2 true). @lmb_size: bytes
 * of a block, "ibm,lmb-size".
 */
int dt_add_dynamic_memory(struct ranges *memory, uint64_t lmb_size, bool v2, const uint8_t *value,
			  uint32_t size);

#endif /* FDT_MEMORY_H */
