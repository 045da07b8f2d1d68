// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "tests/host/oracle/linux_tree.h"

#define PAGE 0x10000UL
#define PHYSMEM_END                                                                                \
	(1UL                                                                                       \
	 << 51) /* MAX_PHYSMEM_BITS, 64 KiB pages and radix: arch/powerpc/include/asm/book3s/64 */
#define CELLS_MAX   64 /* of more, of_read_number() runs past the tree */
#define BLOCKS_MAX  (1 << 20) /* more dynamic blocks than that are an endless loop to a user */
#define ALIGN_LIMIT (16UL << 20)

enum { ASSIGNED = 0x8, RESERVED = 0x80 }; /* DRCONF_MEM_*, arch/powerpc/include/asm/drmem.h */

static void remove_item(struct linux_ranges *ranges, uint32_t index)
{
	ranges->count--;
	memmove(&ranges->item[index], &ranges->item[index + 1],
		(ranges->count - index) * sizeof(ranges->item[0]));
}

static uint64_t end_of(const struct linux_range *range)
{
	return range->base + range->size;
}

/*
 * memblock_add_range(), mm/memblock.c: sorted, neighbours joined; memblock_cap_size() cuts what
 * wraps.
 */
void linux_add_range(struct linux_ranges *ranges, uint64_t base, uint64_t size)
{
	struct linux_range new = { base, size > UINT64_MAX - base ? UINT64_MAX - base : size };
	uint32_t at = 0;

	if (!new.size)
		return;
	while (at < ranges->count && end_of(&ranges->item[at]) < new.base)
		at++;
	while (at < ranges->count && ranges->item[at].base <= end_of(&new)) {
		const struct linux_range *old = &ranges->item[at];
		const uint64_t start = old->base < new.base ? old->base : new.base;
		const uint64_t end = end_of(old) > end_of(&new) ? end_of(old) : end_of(&new);

		new = (struct linux_range){ start, end - start };
		remove_item(ranges, at);
	}
	if (ranges->count == LINUX_RANGES_MAX) {
		ranges->overflow = true;
		return;
	}
	memmove(&ranges->item[at + 1], &ranges->item[at], (ranges->count - at) * sizeof(new));
	ranges->item[at] = new;
	ranges->count++;
}

/*
 * early_init_dt_add_memory_arch(), early_init_drmem_lmb(): iommu_is_off; validate_mem_limit().
 * arch/powerpc/kernel/prom.c:489
 */
static void add_memory(struct linux_tree *tree, uint64_t base, uint64_t size)
{
	if (tree->iommu_off && base >= 0x80000000)
		return;
	if (tree->iommu_off && base + size > 0x80000000)
		size = 0x80000000 - base;
	if (base >= PHYSMEM_END)
		return;
	if (base + size > PHYSMEM_END)
		size = PHYSMEM_END - base;
	linux_add_range(&tree->memory, base, size);
}

bool linux_available(const struct linux_tree *tree, const struct flat *flat, int node)
{
	const struct flat_prop *status = flat_get(flat, node, "status");

	/* fdt_stringlist_get() instead of fdt_getprop(): 7.2 drivers/of/fdt.c:71 */
	if (status && tree->release == LINUX_7_2 && !memchr(status->value, 0, status->size))
		return true;
	return !status || flat_is(flat, status, "ok") || flat_is(flat, status, "okay");
}

/*
 * 7.2 of_flat_dt_get_addr_size_prop() leaves a property out whose length does not come out
 * even; 6.12 reads what is whole.
 */
static const struct flat_prop *even(const struct linux_tree *tree, const struct flat_prop *prop)
{
	if (prop && tree->release == LINUX_7_2 &&
	    prop->size % (4 * (tree->address_cells + tree->size_cells)))
		return NULL;
	return prop;
}

/*
 * early_init_dt_scan_memory(), drivers/of/fdt.c:961: children of the root by type, whatever they
 * are called.
 */
static void scan_memory_node(struct linux_tree *tree, const struct flat *flat, int node,
			     struct linux_range *rma)
{
	const uint32_t cells = tree->address_cells + tree->size_cells;
	const struct flat_prop *reg = even(tree, flat_get(flat, node, "linux,usable-memory"));

	if (!reg)
		reg = even(tree, flat_get(flat, node, "reg"));
	for (uint32_t i = 0; reg && i < reg->size / 4 / cells; i++) {
		const uint64_t base = flat_number(flat, reg, i * cells, tree->address_cells);
		const uint64_t size =
			flat_number(flat, reg, i * cells + tree->address_cells, tree->size_cells);

		if (!size)
			continue;
		if (base < rma->base)
			*rma = (struct linux_range){ base, size };
		add_memory(tree, base, size);
	}
}

static void scan_memory_nodes(struct linux_tree *tree, const struct flat *flat)
{
	struct linux_range rma = { UINT64_MAX, 0 };
	int node = FLAT_NONE;

	while ((node = flat_next_child(flat, FLAT_ROOT, node)) != FLAT_NONE) {
		const struct flat_prop *type = flat_get(flat, node, "device_type");

		if (type && tree->release == LINUX_7_2 && !memchr(type->value, 0, type->size))
			continue;
		if (flat_is(flat, type, "memory") && linux_available(tree, flat, node))
			scan_memory_node(tree, flat, node, &rma);
	}
	/* memstart_addr, first_memblock_size: where all early memory comes from */
	if (rma.base)
		tree->why_not = "no memory node at 0";
}

/*
 * One block; a usable-memory property says again, for each assigned one, what may be used.
 * arch/powerpc/kernel/prom.c:508
 */
struct blocks {
	const struct flat_prop *prop, *usable;
	uint32_t at, usable_at;
	uint64_t size;
};

static uint64_t take_usable(struct blocks *blocks, const struct flat *flat, uint32_t cells)
{
	const uint64_t value = flat_number(flat, blocks->usable, blocks->usable_at, cells);

	blocks->usable_at += cells;
	return value;
}

static bool add_block(struct linux_tree *tree, const struct flat *flat, struct blocks *blocks,
		      uint64_t base, uint32_t flags)
{
	uint32_t count;

	if ((flags & RESERVED) || !(flags & ASSIGNED))
		return true;
	if (!blocks->usable) {
		add_memory(tree, base, blocks->size);
		return true;
	}
	for (count = take_usable(blocks, flat, tree->size_cells); count; count--) {
		const uint64_t first = take_usable(blocks, flat, tree->address_cells);

		add_memory(tree, first, take_usable(blocks, flat, tree->size_cells));
		if (blocks->usable_at > 4 * FLAT_PROPS_MAX)
			return false;
	}
	return true;
}

/* A number of blocks may be said that is longer than the property: the kernel reads on. */
static bool inside(const struct flat *flat, const struct blocks *blocks)
{
	return blocks->at <= (size_t)(flat->end - blocks->prop->value) / 4;
}

/* __walk_drmem_v1_lmbs(), arch/powerpc/mm/drmem.c:217 */
static bool walk_v1(struct linux_tree *tree, const struct flat *flat, struct blocks *blocks)
{
	const uint32_t count = flat_cell(flat, blocks->prop, blocks->at++);

	for (uint32_t i = 0; i < count; i++) {
		const uint64_t base =
			flat_number(flat, blocks->prop, blocks->at, tree->address_cells);

		blocks->at += tree->address_cells + 4;
		if (!inside(flat, blocks))
			return false;
		if (!add_block(tree, flat, blocks, base,
			       flat_cell(flat, blocks->prop, blocks->at - 1)))
			return false;
	}
	return true;
}

/*
 * __walk_drmem_v2_lmbs(), arch/powerpc/mm/drmem.c:252; sets that are not cut up are added at once.
 */
static bool walk_set(struct linux_tree *tree, const struct flat *flat, struct blocks *blocks)
{
	const uint32_t count = flat_cell(flat, blocks->prop, blocks->at);
	const uint64_t base = flat_number(flat, blocks->prop, blocks->at + 1, tree->address_cells);
	uint32_t flags;

	blocks->at += 1 + tree->address_cells + 3;
	if (!inside(flat, blocks))
		return false;
	flags = flat_cell(flat, blocks->prop, blocks->at - 1);
	if ((flags & RESERVED) || !(flags & ASSIGNED))
		return true;
	if (count > BLOCKS_MAX)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!add_block(tree, flat, blocks, base + i * blocks->size, flags))
			return false;
	return true;
}

static bool walk_v2(struct linux_tree *tree, const struct flat *flat, struct blocks *blocks)
{
	const uint32_t sets = flat_cell(flat, blocks->prop, blocks->at++);

	for (uint32_t i = 0; i < sets; i++)
		if (!walk_set(tree, flat, blocks))
			return false;
	return true;
}

/*
 * early_init_dt_scan_memory_ppc(), arch/powerpc/kernel/prom.c:564, walk_drmem_lmbs_early(),
 * arch/powerpc/mm/drmem.c:282: the first form if it is there, the second only otherwise.
 */
static void scan_dynamic(struct linux_tree *tree, const struct flat *flat)
{
	const struct flat_prop *size, *v1, *v2;
	struct blocks blocks = { 0 };

	tree->dynamic = flat_path(flat, "/ibm,dynamic-reconfiguration-memory");
	size = flat_get(flat, tree->dynamic, "ibm,lmb-size");
	if (!size || size->size < 4 * tree->size_cells)
		return;
	v1 = flat_get(flat, tree->dynamic, "ibm,dynamic-memory");
	v2 = flat_get(flat, tree->dynamic, "ibm,dynamic-memory-v2");
	tree->dynamic_form = v1 ? 1 : v2 ? 2 : 0;
	blocks.size = flat_number(flat, size, 0, tree->size_cells);
	blocks.usable = flat_get(flat, tree->dynamic, "linux,drconf-usable-memory");
	blocks.prop = v1 ? v1 : v2;
	if ((v1 && !walk_v1(tree, flat, &blocks)) || (!v1 && v2 && !walk_v2(tree, flat, &blocks)))
		tree->why_not = "dynamic memory that ends nowhere";
}

/*
 * parse_numa_properties(), arch/powerpc/mm/numa.c: memory by type at any depth, not only in the
 * root, disabled or not, in cells of the first one's parent. It says to which node memory belongs,
 * and adds none.
 */
static void scan_numa(struct linux_tree *tree, const struct flat *flat)
{
	const int first = late_by_type(flat, FLAT_NONE, "memory");
	uint32_t address, size;

	if (first == FLAT_NONE)
		return;
	address = late_cells(
		flat, flat->node[first].parent == FLAT_NONE ? first : flat->node[first].parent,
		"#address-cells");
	size = late_cells(flat,
			  flat->node[first].parent == FLAT_NONE ? first : flat->node[first].parent,
			  "#size-cells");
	if (!address || address > CELLS_MAX || size > CELLS_MAX)
		return;
	for (int node = first; node != FLAT_NONE; node = late_by_type(flat, node, "memory")) {
		const struct flat_prop *reg = flat_get(flat, node, "linux,usable-memory");

		if (!reg || !reg->size)
			reg = flat_get(flat, node, "reg");
		for (uint32_t i = 0; reg && i < reg->size / 4 / (address + size); i++)
			linux_add_range(
				&tree->numa, flat_number(flat, reg, i * (address + size), address),
				flat_number(flat, reg, i * (address + size) + address, size));
	}
}

static uint64_t total(const struct linux_ranges *ranges)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < ranges->count; i++)
		sum += ranges->item[i].size;
	return sum;
}

/*
 * memblock_enforce_memory_limit(), mm/memblock.c:1792, to a multiple of 16 MiB:
 * arch/powerpc/kernel/prom.c:866
 */
static void enforce_limit(struct linux_tree *tree)
{
	const uint64_t all = total(&tree->memory);
	uint64_t left =
		(tree->limit && tree->limit <= all ? tree->limit : all) & ~(ALIGN_LIMIT - 1);

	for (uint32_t i = 0; left && i < tree->memory.count; i++) {
		if (left <= tree->memory.item[i].size) {
			tree->memory.item[i].size = left;
			tree->memory.count = i + 1;
			return;
		}
		left -= tree->memory.item[i].size;
	}
}

void linux_read_memory(struct linux_tree *tree, const struct flat *flat)
{
	const struct flat_prop *address = flat_get(flat, FLAT_ROOT, "#address-cells");
	const struct flat_prop *size = flat_get(flat, FLAT_ROOT, "#size-cells");

	/* early_init_dt_scan_root(), drivers/of/fdt.c:926 */
	tree->address_cells = address ? flat_cell(flat, address, 0) : 1;
	tree->size_cells = size ? flat_cell(flat, size, 0) : 1;
	tree->dynamic = FLAT_NONE;
	if (tree->address_cells > CELLS_MAX || tree->size_cells > CELLS_MAX || !tree->size_cells) {
		tree->why_not = "cells of the root that no loop over memory ends with";
		return;
	}
	scan_dynamic(tree, flat);
	scan_memory_nodes(tree, flat);
	scan_numa(tree, flat);
	enforce_limit(tree);
}
