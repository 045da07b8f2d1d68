// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/trial/overlay.h"

#include "fdt/edit.h"
#include "fdt/read.h"
#include "lib/string.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/trial/libfdt_overlay.h"

#define CONTENT "__overlay__"
#define AFTER	"uv-evil,after"

static const void *kept;
static void *scratch;	/* for those that are applied at one time */

/* Which properties refer to labels of the tree: QEMU's have none. */
#define FIXUPS "__fixups__"

/* libfdt follows a path as a string: it has to end within the property. */
static int check_fragments(const void *overlay)
{
	int fragment, found = 0;

	if (fdt_subnode_offset(overlay, 0, FIXUPS) >= 0)
		return -FDT_ERR_NOTFOUND;
	fdt_for_each_subnode(fragment, overlay, 0) {
		if (fdt_subnode_offset(overlay, fragment, CONTENT) < 0)
			continue;
		if (!dt_string(overlay, fragment, "target-path"))
			return -FDT_ERR_BADPATH;
		found++;
	}
	return found ? 0 : -FDT_ERR_BADOVERLAY;
}

int overlay_keep(uint64_t base, uint64_t size)
{
	uint64_t copy, work;
	int frc;

	if (size > TREE_SPACE || base > platform.memory - size)
		return -FDT_ERR_NOSPACE;
	copy = own_alloc(TREE_SPACE, 4096);
	work = own_alloc(TREE_SPACE, 4096);
	if (!copy || !work)
		return -FDT_ERR_NOSPACE;
	memcpy(real(copy), real(base), size);
	frc = dt_check(real(copy), size);
	if (frc == 0)
		frc = dt_open(real(copy), TREE_SPACE);
	if (frc == 0)
		frc = fdt_pack(real(copy));
	if (frc)
		return frc;
	kept = real(copy);
	scratch = real(work);
	return check_fragments(kept);
}

/* Take out of the scratch copy what is for another time. Returns how many fragments are left. */
static uint32_t select_fragments(bool after)
{
	uint32_t left = 0;
	int fragment;

	fdt_for_each_subnode(fragment, scratch, 0) {
		int content = fdt_subnode_offset(scratch, fragment, CONTENT);

		if (content < 0)
			continue;
		if (after == (fdt_nop_property(scratch, content, AFTER) == 0))
			left++;
		else
			fdt_nop_node(scratch, fragment);
	}
	return left;
}

int overlay_apply(struct overlay_done *done, void *tree, size_t space, bool after)
{
	int frc;

	*done = (struct overlay_done){ .where = "target-path" };
	memcpy(scratch, kept, fdt_totalsize(kept));
	done->fragments = select_fragments(after);
	if (!done->fragments)
		return 0;
	frc = dt_open(tree, space);
	if (frc == 0)
		frc = overlay_merge_fragments(tree, scratch);
	if (frc == 0)
		frc = overlay_edit(done, tree);
	return frc ? frc : fdt_pack(tree);
}
