// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/reserve.h"

#include <libfdt.h>

#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"

/* The next place below that no reservation of the tree overlaps; false if there is none above 0. */
static bool step_over(struct range *place)
{
	uint64_t start, size, want = range_size(*place);
	struct range taken;

	for (int i = fdt_num_mem_rsv(platform.tree) - 1; i >= 0; i--) {
		if (fdt_get_mem_rsv(platform.tree, i, &start, &size) ||
		    !range_make(&taken, start, size))
			return false;
		if (!range_overlaps(*place, taken))
			continue;
		if (start <= want)
			return false;
		*place = (struct range){ start - want, start };
		i = fdt_num_mem_rsv(platform.tree);
	}
	return true;
}

/*
 * As svm-fdt.c:441 svm_fdt_mem_rsv() does it: from the top down, and then up to a whole frame,
 * whatever is there.
 */
bool reserve_frames(struct range *got, uint64_t rmo, uint64_t frames)
{
	const uint64_t size = frames * FRAME_SIZE;

	if (rmo <= size)
		return false;
	*got = (struct range){ rmo - size, rmo };
	if (!step_over(got))
		return false;
	got->start = (got->start + FRAME_SIZE - 1) / FRAME_SIZE * FRAME_SIZE;
	got->end = got->start + size;
	return memory_is_guests(got->start, size) &&
	       fdt_add_mem_rsv(platform.tree, got->start, size) == 0;
}
