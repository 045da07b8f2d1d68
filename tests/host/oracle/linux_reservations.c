// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/oracle/linux_tree.h"

/* __reserved_mem_check_root(), drivers/of/of_reserved_mem.c:209 */
static bool is_root_sane(const struct linux_tree *tree, const struct flat *flat, int node)
{
	const struct flat_prop *size = flat_get(flat, node, "#size-cells");
	const struct flat_prop *address = flat_get(flat, node, "#address-cells");

	return size && flat_cell(flat, size, 0) == tree->size_cells && address &&
	       flat_cell(flat, address, 0) == tree->address_cells && flat_get(flat, node, "ranges");
}

/* __reserved_mem_reserve_reg(), drivers/of/of_reserved_mem.c:162 */
static void reserve_reg(struct linux_tree *tree, const struct flat *flat, int node)
{
	const struct flat_prop *reg = flat_get(flat, node, "reg");
	const uint32_t cells = tree->address_cells + tree->size_cells;

	if (!reg || reg->size % (4 * cells))
		return;
	for (uint32_t i = 0; i < reg->size / 4 / cells; i++) {
		const uint64_t base = flat_number(flat, reg, i * cells, tree->address_cells);
		const uint64_t size =
			flat_number(flat, reg, i * cells + tree->address_cells, tree->size_cells);

		linux_add_range(flat_get(flat, node, "no-map") ? &tree->unmapped : &tree->reserved,
				base, size);
	}
}

/*
 * fdt_scan_reserved_mem(), drivers/of/of_reserved_mem.c:302: the first /reserved-memory, also of a
 * unit address
 */
static void scan_reserved_memory(struct linux_tree *tree, const struct flat *flat)
{
	const int node = flat_path(flat, "/reserved-memory");
	int child = FLAT_NONE;

	if (node == FLAT_NONE || !is_root_sane(tree, flat, node))
		return;
	while ((child = flat_next_child(flat, node, child)) != FLAT_NONE)
		if (linux_available(tree, flat, child))
			reserve_reg(tree, flat, child);
}

/*
 * early_reserve_mem_dt(), arch/powerpc/kernel/prom.c:623; early_init_fdt_scan_reserved_mem(),
 * drivers/of/fdt.c:494
 */
void linux_read_reservations(struct linux_tree *tree, const struct flat *flat)
{
	const struct flat_prop *ranges = flat_get(flat, FLAT_ROOT, "reserved-ranges");
	uint64_t base, size;

	scan_reserved_memory(tree, flat);
	for (uint32_t i = 0; flat_reservation(flat, i, &base, &size) && size; i++)
		linux_add_range(&tree->reserved, base, size);
	for (uint32_t i = 0; ranges && i < ranges->size / 16; i++)
		linux_add_range(&tree->reserved, flat_number(flat, ranges, 4 * i, 2),
				flat_number(flat, ranges, 4 * i + 2, 2));
}
