// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/memory.h"

#include <libfdt.h>

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
#define ENTRY_FLAGS 20
#define V1_BASE	    0
#define V2_COUNT    0
#define V2_BASE	    4

static int add_range(struct ranges *memory, uint64_t base, uint64_t size)
{
	struct range range;

	if (!range_make(&range, base, size) || ranges_hit(memory, range))
		return -FDT_ERR_BADVALUE;
	for (size_t i = 0; i < memory->count && size; i++)
		if (memory->item[i].end == range.start) {
			memory->item[i].end = range.end;
			return 0;
		}
	return ranges_add(memory, range) ? 0 : -FDT_ERR_NOSPACE;
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

static int add_entry(struct ranges *memory, uint64_t lmb_size, bool v2, const uint8_t *entry)
{
	uint32_t flags = be32_load(entry + ENTRY_FLAGS);
	uint64_t size = lmb_size;

	if (!(flags & LMB_ASSIGNED) || (flags & LMB_RESERVED))
		return 0;
	if (!v2)
		return add_range(memory, be64_load(entry + V1_BASE), size);
	if (__builtin_mul_overflow(lmb_size, be32_load(entry + V2_COUNT), &size))
		return -FDT_ERR_BADVALUE;
	return add_range(memory, be64_load(entry + V2_BASE), size);
}

int dt_add_dynamic_memory(struct ranges *memory, uint64_t lmb_size, bool v2, const uint8_t *value,
			  uint32_t size)
{
	uint32_t count;
	int frc = 0;

	if (size < sizeof(uint32_t))
		return -FDT_ERR_BADVALUE;
	count = be32_load(value);
	value += sizeof(uint32_t);
	if (count != (size - sizeof(uint32_t)) / ENTRY_SIZE ||
	    (size - sizeof(uint32_t)) % ENTRY_SIZE)
		return -FDT_ERR_BADVALUE;
	for (; frc == 0 && count; count--, value += ENTRY_SIZE)
		frc = add_entry(memory, lmb_size, v2, value);
	return frc;
}
