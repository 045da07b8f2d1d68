// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: sums of ranges never wrap; members of a set are those that were added, hits overlap
 * bounds: any base and size; a set of up to three ranges
 * sources: lib/range.c
 * cbmc: --unwind 5 --unsigned-overflow-check
 */
#include "lib/range.h"

#include "tests/host/prove/prove.h"

static void any_range(struct range *range)
{
	uint64_t base = any64(), size = any64();

	if (range_make(range, base, size)) {
		claim(range->start == base && range->end >= base && range->end - base == size);
	} else {
		claim(base > UINT64_MAX - size);
		claim(range->start == range->end);
	}
}

int main(void)
{
	struct ranges set = { 0 };
	struct range range, wanted, low;
	const struct range *hit;
	uint64_t ceiling = any64(), at = any64();
	bool overlaps = false, contains = false;

	any_range(&wanted);
	for (int i = 0; i < 3; i++) {
		any_range(&range);
		claim(ranges_add(&set, range));
		overlaps |= range_overlaps(range, wanted) && range_size(range);
		contains |= range_contains(range, wanted) && range_size(range);
	}
	hit = ranges_hit(&set, wanted);
	claim((hit != NULL) == overlaps);
	claim(!hit || (hit >= set.item && hit < set.item + set.count));
	claim(ranges_contain(&set, wanted) == contains);
	/* by bytes: what overlaps shares one, what is contained has none outside */
	if (!hit && at >= wanted.start && at < wanted.end)
		for (size_t i = 0; i < set.count; i++)
			claim(at < set.item[i].start || at >= set.item[i].end);
	low = ranges_low(&set, ceiling);
	claim(low.start == 0 && low.end <= ceiling);
	set.count = RANGES_MAX;
	claim(!ranges_add(&set, wanted) || range_size(wanted) == 0);
	claim(set.count == RANGES_MAX);
	return 0;
}
