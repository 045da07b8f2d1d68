// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/memory.h"

#include <libfdt.h>

#include "fdt/read.h"
#include "lib/endian.h"

/* Flags of a logical memory block: LoPAR table "Flags of ibm,dynamic-memory"; Linux asm/drmem.h */
#define LMB_ASSIGNED 0x00000008
#define LMB_RESERVED 0x00000080

/*
 * One entry of either form, 24 bytes (LoPAR C.6.6.2; Linux asm/drmem.h of_drconf_cell_v1, _v2):
 *	v1: base (2 cells), DRC index, reserved, associativity, flags
 *	v2: count of blocks, base (2 cells), DRC index, associativity, flags
 */
#define ENTRY_SIZE  24
#define ENTRY_ASSOCIATIVITY 16
#define ENTRY_FLAGS 20
#define V1_BASE	    0
#define V2_COUNT    0
#define V2_BASE	    4

void dt_store_range(uint8_t out[DT_RANGE_SIZE], struct range range)
{
	be64_store(out, range.start);
	be64_store(out + 8, range_size(range));
}

static int add_range(struct ranges *memory, uint64_t base, uint64_t size)
{
	struct range range, *at = memory->item, *joined = NULL;

	if (!range_make(&range, base, size) || ranges_hit(memory, range))
		return -FDT_ERR_BADVALUE;
	/* Neighbours become one: QEMU lists NUMA nodes from the highest down. */
	while (size && at < memory->item + memory->count) {
		if (at->end == range.start)
			range.start = at->start;
		else if (at->start == range.end)
			range.end = at->end;
		else {
			at++;
			continue;
		}
		if (joined)
			*at = memory->item[--memory->count];
		else
			joined = at++;
		*joined = range;
	}
	return joined || ranges_add(memory, range) ? 0 : -FDT_ERR_NOSPACE;
}

static uint64_t read_cells(const uint8_t *at, uint32_t cells)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < cells; i++)
		value = value << 32 | be32_load(at + 4 * i);
	return value;
}

int dt_add_memory(struct ranges *memory, struct dt_cells cells, const uint8_t *reg, uint32_t size)
{
	uint32_t entry = (cells.address + cells.size) * sizeof(uint32_t);

	if (entry == 0 || size == 0 || size % entry)
		return -FDT_ERR_BADVALUE;
	for (; size; size -= entry, reg += entry) {
		int frc = add_range(memory, read_cells(reg, cells.address),
			      read_cells(reg + 4 * cells.address, cells.size));

		if (frc)
			return frc;
	}
	return 0;
}

int dt_blocks_set(struct dt_blocks *blocks, uint64_t lmb_size, bool v2, const uint8_t *value,
		  uint32_t size)
{
	if (size < sizeof(uint32_t) || (size - sizeof(uint32_t)) % ENTRY_SIZE ||
	    be32_load(value) != (size - sizeof(uint32_t)) / ENTRY_SIZE)
		return -FDT_ERR_BADVALUE;
	*blocks = (struct dt_blocks){ value + sizeof(uint32_t), be32_load(value), lmb_size, v2 };
	return 0;
}

int dt_blocks_start(struct dt_blocks *blocks, const void *fdt, int node)
{
	int lmb_bytes, size;
	const uint8_t *lmb = dt_get(fdt, node, "ibm,lmb-size", &lmb_bytes);
	const uint8_t *value = dt_get(fdt, node, "ibm,dynamic-memory-v2", &size);
	bool v2 = value != NULL;

	if (!value)
		value = dt_get(fdt, node, "ibm,dynamic-memory", &size);
	if (!value)
		return -FDT_ERR_NOTFOUND;
	if (!lmb || lmb_bytes != sizeof(uint64_t))
		return -FDT_ERR_BADVALUE;
	return dt_blocks_set(blocks, be64_load(lmb), v2, value, (uint32_t)size);
}

int dt_blocks_next(struct dt_blocks *blocks, struct dt_block *block)
{
	const uint8_t *entry = blocks->entry;
	uint32_t flags, run;
	uint64_t size;

	if (blocks->left == 0)
		return 0;
	flags = be32_load(entry + ENTRY_FLAGS);
	run = blocks->v2 ? be32_load(entry + V2_COUNT) : 1;
	block->in_use = (flags & LMB_ASSIGNED) && !(flags & LMB_RESERVED);
	block->associativity = be32_load(entry + ENTRY_ASSOCIATIVITY);
	blocks->entry += ENTRY_SIZE;
	blocks->left--;
	if (__builtin_mul_overflow(blocks->lmb_size, run, &size) ||
	    !range_make(&block->range, be64_load(entry + (blocks->v2 ? V2_BASE : V1_BASE)), size))
		return -FDT_ERR_BADVALUE;
	return 1;
}

int dt_add_dynamic_memory(struct ranges *memory, uint64_t lmb_size, bool v2, const uint8_t *value,
			  uint32_t size)
{
	struct dt_blocks blocks;
	struct dt_block block;
	int frc = dt_blocks_set(&blocks, lmb_size, v2, value, size);

	while (frc == 0 && (frc = dt_blocks_next(&blocks, &block)) > 0)
		frc = block.in_use ? add_range(memory, block.range.start,
					       range_size(block.range)) : 0;
	return frc;
}
