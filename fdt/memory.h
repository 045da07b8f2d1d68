/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory as pseries trees describe it: values of properties into ranges. */
#ifndef FDT_MEMORY_H
#define FDT_MEMORY_H

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

/*
 * The same for the blocks of /ibm,dynamic-reconfiguration-memory that are assigned and not
 * reserved: "ibm,dynamic-memory" (v2 false) or "ibm,dynamic-memory-v2" (v2 true). @lmb_size: bytes
 * of a block, "ibm,lmb-size".
 */
int dt_add_dynamic_memory(struct ranges *memory, uint64_t lmb_size, bool v2, const uint8_t *value,
			  uint32_t size);

#endif /* FDT_MEMORY_H */
