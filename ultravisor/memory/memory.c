// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/memory/memory.h"

#include "abi/papr.h"
#include "lib/hcall.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"

#define AROUND (1UL << 21)
#define AHEAD  (1UL << 20)	/* get memory when one is touched: cheaper than exits */

struct pages pages;

bool memory_init(void)
{
	uint64_t count = platform.guest / FRAME_SIZE, state = own_alloc(count, FRAME_SIZE);

	if (!state)
		return false;
	pages_init(&pages, real(state), count);
	return true;
}

static bool is_below(uint64_t end, uint64_t gpa, uint64_t size)
{
	return size <= end && gpa <= end - size;
}

static uint64_t reach(void)
{
	return platform.guest + platform.outside;
}

bool memory_contains(uint64_t gpa, uint64_t size)
{
	return is_below(reach(), gpa, size);
}

bool memory_is_guests(uint64_t gpa, uint64_t size)
{
	return is_below(platform.guest, gpa, size);
}

void memory_leave_outside(uint64_t size)
{
	platform.guest -= size;
	platform.outside = size;
	pages_init(&pages, pages.state, platform.guest / FRAME_SIZE);
}

bool memory_is_device(uint64_t gpa, uint64_t size)
{
	struct range range;

	return range_make(&range, gpa, size) && ranges_contain(&platform.mmio, range);
}

static uint64_t place_of(uint64_t gpa, enum page_state state)
{
	return pages_in_slot(state) ? platform.slots + gpa : gpa;
}

uint64_t memory_resolve(uint64_t gpa)
{
	uint64_t gfn = gpa / FRAME_SIZE;
	enum page_state was = pages_touch(&pages, gfn);

	if (pages_empty(was))
		real_zero(platform.slots + gfn * FRAME_SIZE, FRAME_SIZE);
	if (was == PAGE_ABSENT)		/* from now on the verdict looks at it */
		real_zero(gfn * FRAME_SIZE, FRAME_SIZE);
	return place_of(gpa, was);
}

/* All pages of a frame are mapped and unmapped together. */
static void map_frame(uint64_t gpa)
{
	enum page_state state = pages_get(&pages, gpa / FRAME_SIZE);
	uint64_t *leaf = radix_leaf(gpa, false), value = radix_leaf_open(place_of(gpa, state));

	if (*leaf || pages_empty(state) || (state == PAGE_IMPLICIT && !platform.implicit_maps))
		return;
	pages_touch(&pages, gpa / FRAME_SIZE);
	for (uint64_t i = 0; i < FRAME_SIZE / SMALL_PAGE; i++)
		leaf[i] = value + i * SMALL_PAGE;
}

void memory_map_around(uint64_t gpa)
{
	uint64_t ahead = gpa & ~(AHEAD - 1), around = gpa & ~(AROUND - 1);

	for (uint64_t at = ahead; at < ahead + AHEAD && at < reach(); at += FRAME_SIZE)
		memory_resolve(at);
	for (uint64_t at = around; at < around + AROUND && at < reach(); at += FRAME_SIZE)
		map_frame(at);
}

void real_copy(uint64_t to, uint64_t from, uint64_t size)
{
	for (uint64_t end = from + size; from < end; from += SMALL_PAGE, to += SMALL_PAGE)
		HCALL(H_PAGE_INIT, H_COPY_PAGE, to, from);
}

bool real_is_zero(uint64_t ra, uint64_t size)
{
	const uint64_t *at = real(ra), *end = at + size / sizeof(*at);

	for (; at < end; at += 8)
		if (at[0] | at[1] | at[2] | at[3] | at[4] | at[5] | at[6] | at[7])
			return false;
	return true;
}
