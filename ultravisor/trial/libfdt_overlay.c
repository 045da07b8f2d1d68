// SPDX-License-Identifier: GPL-2.0-or-later
/* The part of libfdt that only the ultravisor needs (the rest: fdt/libfdt.c). */
#include "ultravisor/trial/libfdt_overlay.h"

#include <stdlib.h>

/* In what is not used: it reads offsets where labels of the tree are referred to. */
#define strtoul(text, end, base) (*(end) = (char *)(text), 0UL)
#include <fdt_overlay.c>

int overlay_merge_fragments(void *tree, void *overlay)
{
	return overlay_merge(tree, overlay);
}
