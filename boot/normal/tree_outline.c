// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/tree_outline.h"

#include <libfdt.h>

#include "abi/papr.h"
#include "lib/fail.h"

int tree_outline(struct dt_outline *outline, const void *tree, enum dt_scope scope)
{
	int frc = dt_outline(outline, tree, TREE_SPACE, scope);

	switch (frc) {
	case 0:
		if (outline->memory.count)
			return 0;
		return error(E_NO_MEMORY, "no memory@ node");
	case -FDT_ERR_BADNCELLS:
		return error(E_TREE_CELLS, "/: %s", fdt_strerror(frc));
	case -FDT_ERR_BADVALUE:
		if (outline->kind == DT_CPUS)
			return error(E_NO_CPUS, "timebase-frequency is not one cell");
		if (outline->kind == DT_PHB)
			return error(E_PCI, "a \"reg\" or class-code is malformed");
		return error(E_NO_MEMORY,
			     "a \"reg\" or block list is malformed, wraps or overlaps");
	case -FDT_ERR_NOSPACE:
		return error(E_TOO_MANY, "over %d memory ranges, %d host bridges or %d bridges",
			     RANGES_MAX, DT_PHBS_MAX, DT_BRIDGES_MAX);
	default:
		return error(E_TREE_CORRUPT, "at 0x%lx: %s", (uintptr_t)tree, fdt_strerror(frc));
	}
}
