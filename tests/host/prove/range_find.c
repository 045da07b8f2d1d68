// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: what range_find_top() finds is inside, aligned and free; it ends
 * bounds: any space, size and alignment; two taken ranges, anywhere
 * sources: lib/range.c
 * cbmc: --unwind 5
 */
#include "lib/range.h"

#include "tests/host/prove/prove.h"

int main(void)
{
	struct range found, space = { any64(), any64() };
	struct ranges taken = { .count = 2 };
	uint64_t size = any64(), align = 1UL << (any8() & 63);

	for (int i = 0; i < 2; i++) {
		taken.item[i] = (struct range){ any64(), any64() };
		given(taken.item[i].start <= taken.item[i].end);
	}
	given(size > 0);
	if (!range_find_top(&found, space, size, align, &taken))
		return 0;
	claim(found.end - found.start == size);
	claim(space.start <= found.start && found.start < found.end && found.end <= space.end);
	claim((found.start & (align - 1)) == 0);
	claim(!range_overlaps(found, taken.item[0]) && !range_overlaps(found, taken.item[1]));
	return 0;
}
