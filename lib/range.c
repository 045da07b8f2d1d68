// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/range.h"

bool range_make(struct range *range, uint64_t base, uint64_t size)
{
	uint64_t end;

	*range = (struct range){ 0, 0 };
	if (__builtin_add_overflow(base, size, &end))
		return false;
	*range = (struct range){ base, end };
	return true;
}

bool ranges_add(struct ranges *set, struct range range)
{
	if (range.start == range.end)
		return true;
	if (set->count == RANGES_MAX)
		return false;
	set->item[set->count++] = range;
	return true;
}

const struct range *ranges_hit(const struct ranges *set, struct range range)
{
	for (size_t i = 0; i < set->count; i++)
		if (range_overlaps(set->item[i], range))
			return &set->item[i];
	return NULL;
}

bool ranges_contain(const struct ranges *set, struct range range)
{
	for (size_t i = 0; i < set->count; i++)
		if (range_contains(set->item[i], range))
			return true;
	return false;
}

struct range ranges_low(const struct ranges *set, uint64_t ceiling)
{
	struct range low = { 0, 0 };

	for (size_t i = 0; i < set->count; i++)
		if (set->item[i].start == 0)
			low = set->item[i];
	if (low.end > ceiling)
		low.end = ceiling;
	return low;
}

bool range_find_top(struct range *found, struct range space, uint64_t size, uint64_t align,
		    const struct ranges *taken)
{
	uint64_t top = space.end;
	const struct range *hit;

	/* Each turn either ends or lowers top to the start of a member: at most count + 1 turns. */
	while (top >= space.start && top - space.start >= size) {
		uint64_t start = (top - size) & ~(align - 1);

		if (start < space.start)
			return false;
		*found = (struct range){ start, start + size };
		hit = ranges_hit(taken, *found);
		if (!hit)
			return true;
		top = hit->start;
	}
	return false;
}
