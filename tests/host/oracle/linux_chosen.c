// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "tests/host/oracle/linux_tree.h"

/*
 * early_init_dt_check_for_initrd(), drivers/of/fdt.c:765; check_for_initrd(),
 * arch/powerpc/kernel/setup-common.c:352
 */
static void read_initrd(struct linux_tree *tree, const struct flat *flat)
{
	const struct flat_prop *start = flat_get(flat, tree->chosen, "linux,initrd-start");
	const struct flat_prop *end = flat_get(flat, tree->chosen, "linux,initrd-end");

	if (!start || !end)
		return;
	tree->initrd_start = flat_number(flat, start, 0, start->size / 4);
	tree->initrd_end = flat_number(flat, end, 0, end->size / 4);
	tree->initrd = tree->initrd_end > tree->initrd_start;
}

/*
 * strscpy() of at most the property: what does not end loses its last byte. drivers/of/fdt.c:1063
 */
static void read_cmdline(struct linux_tree *tree, const struct flat *flat)
{
	const struct flat_prop *prop = flat_get(flat, tree->chosen, "bootargs");
	size_t room = sizeof(tree->cmdline), size;

	if (!prop || !prop->size)
		return;
	if (prop->size < room)
		room = prop->size;
	size = strnlen((const char *)prop->value, room - 1);
	memcpy(tree->cmdline, prop->value, size);
}

/*
 * early_init_dt_scan_chosen(), drivers/of/fdt.c:1026: in the blob, "/chosen" matches /chosen@0 as
 * well. of_alias_scan(), drivers/of/base.c:1780: after unflattening it does not.
 */
void linux_read_chosen(struct linux_tree *tree, const struct flat *flat)
{
	const struct flat_prop *limit;

	tree->chosen = flat_path(flat, "/chosen");
	if (tree->chosen == FLAT_NONE)
		tree->chosen = flat_path(flat, "/chosen@0");
	tree->late_chosen = late_path(flat, "/chosen", 0);
	if (tree->late_chosen == FLAT_NONE)
		tree->late_chosen = late_path(flat, "/chosen@0", 0);
	read_initrd(tree, flat);
	read_cmdline(tree, flat);
	/*
	 * early_init_dt_scan_chosen_ppc(), arch/powerpc/kernel/prom.c:415, is called for the root
	 * first, where early_init_dt_scan_chosen() already succeeds: it reads these in the root,
	 * not in /chosen.
	 */
	tree->iommu_off = flat_get(flat, FLAT_ROOT, "linux,iommu-off");
	limit = flat_get(flat, FLAT_ROOT, "linux,memory-limit");
	if (limit)
		tree->limit = __builtin_bswap64(flat_number(flat, limit, 0, 2));
}
