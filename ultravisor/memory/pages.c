// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/memory/pages.h"

static void set_state(struct pages *pages, uint64_t gfn, enum page_state state)
{
	pages->tally[pages->state[gfn]]--;
	pages->state[gfn] = (uint8_t)state;
	pages->tally[state]++;
}

void pages_init(struct pages *pages, uint8_t *state, uint64_t count)
{
	*pages = (struct pages){ .state = state, .count = count };
	for (uint64_t gfn = 0; gfn < count; gfn++)
		state[gfn] = PAGE_NORMAL;
	pages->tally[PAGE_NORMAL] = count;
	set_state(pages, 0, PAGE_SECURE);
}

enum page_state pages_get(const struct pages *pages, uint64_t gfn)
{
	return gfn < pages->count ? (enum page_state)pages->state[gfn] : PAGE_INVALID;
}

bool pages_range_ok(const struct pages *pages, uint64_t gfn, uint64_t count)
{
	return count > 0 && count <= pages->count && gfn <= pages->count - count;
}

bool pages_in_slot(enum page_state state)
{
	return pages_sharable(state) || state == PAGE_PSEUDO;
}

void pages_secure(struct pages *pages, uint64_t gfn, bool zero)
{
	enum page_state was = pages_get(pages, gfn);

	if (pages_undecided(was))
		set_state(pages, gfn, !zero ? PAGE_SECURE :
				      was == PAGE_NORMAL ? PAGE_ABSENT : PAGE_ZERO);
}

enum page_state pages_forget(struct pages *pages, uint64_t gfn)
{
	enum page_state was = pages_get(pages, gfn);

	if (was == PAGE_NORMAL)
		set_state(pages, gfn, PAGE_ABSENT);
	else if (was == PAGE_REACHED || (was == PAGE_SECURE && gfn == 0))
		set_state(pages, gfn, PAGE_ZERO);
	return was;
}

void pages_revert(struct pages *pages, uint64_t gfn)
{
	if (gfn > 0 && gfn < pages->count && pages_get(pages, gfn) != PAGE_NORMAL)
		set_state(pages, gfn, PAGE_REACHED);
}

enum page_state pages_touch(struct pages *pages, uint64_t gfn)
{
	enum page_state was = pages_get(pages, gfn);

	if (was == PAGE_NORMAL)
		set_state(pages, gfn, PAGE_REACHED);
	else if (pages_empty(was))
		set_state(pages, gfn, PAGE_SECURE);
	return was;
}

int pages_may_share(const struct pages *pages, uint64_t gfn, uint64_t count)
{
	return pages_range_ok(pages, gfn, count) && gfn > 0 ? U_SUCCESS : U_P2;
}

bool pages_share(struct pages *pages, uint64_t gfn, enum page_state as)
{
	if (!pages_sharable(pages_get(pages, gfn)))
		return false;
	set_state(pages, gfn, as);
	return true;
}

int pages_may_unshare(const struct pages *pages, uint64_t gfn, uint64_t count)
{
	if (!pages_range_ok(pages, gfn, count))
		return U_P2;
	for (uint64_t i = gfn; i < gfn + count; i++)
		if (pages->state[i] == PAGE_IMPLICIT || pages->state[i] == PAGE_PSEUDO)
			return U_P2;
	return U_SUCCESS;
}

bool pages_unshare(struct pages *pages, uint64_t gfn)
{
	if (pages_get(pages, gfn) != PAGE_SHARED)
		return false;
	set_state(pages, gfn, PAGE_ZERO);
	return true;
}

/* Eight frames a turn: three more, and only SHARED, IMPLICIT and PSEUDO have the bit of 8. */
bool pages_none_shared(const struct pages *pages, uint64_t gfn, uint64_t count)
{
	typedef uint64_t word __attribute__((aligned(1), may_alias));
	const uint64_t ones = 0x0101010101010101;
	const uint8_t *at = pages->state + gfn, *end = at + count;

	_Static_assert(PAGE_SHARED == 5 && PAGE_STATES <= 13, "what is not shared is below");
	for (; end - at >= 8; at += 8)
		if ((*(const word *)at + 3 * ones) & (8 * ones))
			return false;
	for (; at < end; at++)
		if (*at >= PAGE_SHARED)
			return false;
	return true;
}

uint64_t pages_private(const struct pages *pages)
{
	return pages->tally[PAGE_SECURE] + pages->tally[PAGE_ZERO] + pages->tally[PAGE_ABSENT] +
	       pages->tally[PAGE_PSEUDO];
}

uint64_t pages_shared(const struct pages *pages)
{
	return pages->tally[PAGE_SHARED] + pages->tally[PAGE_IMPLICIT];
}
