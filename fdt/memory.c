// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory as pseries trees describe it. */
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/string.h"

/* Flags of a logical memory block: LoPAR table "Flags of ibm,dynamic-memory"; Linux asm/drmem.h */
#define LMB_ASSIGNED 0x00000008
#define LMB_RESERVED 0x00000080

/* One block of ibm,dynamic-memory: base (2 cells), DRC index, reserved, associativity, flags */
#define LMB_SIZE	   24
#define LMB_FLAGS	   20

/* One set of ibm,dynamic-memory-v2: count, base (2 cells), DRC index, associativity, flags */
#define LMB_SET_SIZE	   24
#define LMB_SET_BASE	   4
#define LMB_SET_FLAGS	   20

static int add(struct ranges *memory, uint64_t base, uint64_t size)
{
	struct range range;

	if (!range_make(&range, base, size) || ranges_hit(memory, range))
		return -FDT_ERR_BADVALUE;
	for (size_t i = 0; i < memory->count && range_size(range); i++)
		if (memory->item[i].end == range.start) {
			memory->item[i].end = range.end;
			return 0;
		}
	return ranges_add(memory, range) ? 0 : -FDT_ERR_NOSPACE;
}

int dt_add_memory_node(const void *fdt, int node, struct dt_cells cells, struct ranges *memory)
{
	struct range reg;
	int index, frc;

	for (index = 0; (frc = dt_reg(fdt, node, cells, index, &reg)) == 0; index++) {
		frc = add(memory, reg.start, range_size(reg));
		if (frc)
			return frc;
	}
	return frc == -FDT_ERR_NOTFOUND && index > 0 ? 0 : frc;
}

static bool usable(uint32_t flags)
{
	return (flags & LMB_ASSIGNED) && !(flags & LMB_RESERVED);
}

/* Both forms: a count, then so many entries. Returns the first entry or NULL. */
static const uint8_t *entries(const void *fdt, int node, const char *name, uint32_t entry_size,
			      uint32_t *count)
{
	int size;
	const uint8_t *prop = fdt_getprop(fdt, node, name, &size);

	if (!prop || size < (int)sizeof(uint32_t))
		return NULL;
	*count = be32_load(prop);
	if (*count != ((uint32_t)size - sizeof(uint32_t)) / entry_size)
		return NULL;
	return prop + sizeof(uint32_t);
}

static int add_blocks(const void *fdt, int node, uint64_t lmb_size, struct ranges *memory)
{
	uint32_t count;
	const uint8_t *at = entries(fdt, node, "ibm,dynamic-memory", LMB_SIZE, &count);
	int frc = at ? 0 : -FDT_ERR_BADVALUE;

	for (uint32_t i = 0; frc == 0 && i < count; i++, at += LMB_SIZE)
		if (usable(be32_load(at + LMB_FLAGS)))
			frc = add(memory, be64_load(at), lmb_size);
	return frc;
}

static int add_sets(const void *fdt, int node, uint64_t lmb_size, struct ranges *memory)
{
	uint32_t count;
	const uint8_t *at = entries(fdt, node, "ibm,dynamic-memory-v2", LMB_SET_SIZE, &count);
	int frc = at ? 0 : -FDT_ERR_BADVALUE;

	for (uint32_t i = 0; frc == 0 && i < count; i++, at += LMB_SET_SIZE) {
		uint64_t size;

		if (!usable(be32_load(at + LMB_SET_FLAGS)))
			continue;
		if (__builtin_mul_overflow(lmb_size, be32_load(at), &size))
			return -FDT_ERR_BADVALUE;
		frc = add(memory, be64_load(at + LMB_SET_BASE), size);
	}
	return frc;
}

int dt_add_dynamic_memory(const void *fdt, int node, struct ranges *memory)
{
	uint64_t lmb_size;
	int frc = dt_u32_or_u64(fdt, node, "ibm,lmb-size", &lmb_size);

	if (frc)
		return frc;
	if (fdt_getprop(fdt, node, "ibm,dynamic-memory-v2", NULL))
		return add_sets(fdt, node, lmb_size, memory);
	return add_blocks(fdt, node, lmb_size, memory);
}

int dt_memory(const void *fdt, struct ranges *memory)
{
	struct dt_cells cells;
	int node, frc = dt_cells(fdt, 0, &cells);

	memory->count = 0;
	if (frc)
		return frc;
	fdt_for_each_subnode(node, fdt, 0) {
		const char *name = fdt_get_name(fdt, node, NULL);

		if (!name)
			return -FDT_ERR_BADSTRUCTURE;
		if (strncmp(name, "memory@", 7) == 0 && dt_is(fdt, node, "device_type", "memory"))
			frc = dt_add_memory_node(fdt, node, cells, memory);
		else if (strcmp(name, "ibm,dynamic-reconfiguration-memory") == 0)
			frc = dt_add_dynamic_memory(fdt, node, memory);
		if (frc)
			return frc;
	}
	return memory->count ? 0 : -FDT_ERR_NOTFOUND;
}
