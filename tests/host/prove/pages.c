// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: the states of frames are those of a specification in ten lines, after every call in
 *     every state; their tallies add up, and frame 0 never leaves the guest
 * bounds: 3 frames; any arguments of any call, in any state: one step of an induction
 * sources: ultravisor/memory/pages.c
 * cbmc: --unwind 9
 */
#include "ultravisor/memory/pages.h"

#include "tests/host/prove/prove.h"

#define FRAMES 3

enum call { SECURE, SECURE_ZERO, FORGET, REVERT, TOUCH, SHARE, SHARE_IMPLICIT, SHARE_PSEUDO,
	    UNSHARE, CALLS };

/* The specification */
static enum page_state next_state(enum page_state from, enum call call, bool is_first)
{
	const bool undecided = from == PAGE_NORMAL || from == PAGE_REACHED;
	const bool empty = from == PAGE_ZERO || from == PAGE_ABSENT;
	const bool mine = from == PAGE_SECURE || empty;

	switch (call) {
	case SECURE:	     return undecided ? PAGE_SECURE : from;
	case SECURE_ZERO:    return !undecided ? from : from == PAGE_NORMAL ? PAGE_ABSENT : PAGE_ZERO;
	case FORGET:	     return from == PAGE_NORMAL ? PAGE_ABSENT :
				    from == PAGE_REACHED || (is_first && from == PAGE_SECURE) ?
					    PAGE_ZERO : from;
	case REVERT:	     return is_first || from == PAGE_NORMAL ? from : PAGE_REACHED;
	case TOUCH:	     return from == PAGE_NORMAL ? PAGE_REACHED : empty ? PAGE_SECURE : from;
	case SHARE:	     return mine && !is_first ? PAGE_SHARED : from;
	case SHARE_IMPLICIT: return mine && !is_first ? PAGE_IMPLICIT : from;
	case SHARE_PSEUDO:   return mine && !is_first ? PAGE_PSEUDO : from;
	default:	     return from == PAGE_SHARED ? PAGE_ZERO : from;
	}
}

static bool share(struct pages *pages, uint64_t gfn, enum page_state as)
{
	return pages_may_share(pages, gfn, 1) == U_SUCCESS && pages_share(pages, gfn, as);
}

static bool do_call(struct pages *pages, enum call call, uint64_t gfn)
{
	switch (call) {
	case SECURE:	     pages_secure(pages, gfn, false); return false;
	case SECURE_ZERO:    pages_secure(pages, gfn, true); return false;
	case FORGET:	     return pages_forget(pages, gfn) == PAGE_REACHED;
	case REVERT:	     pages_revert(pages, gfn); return false;
	case TOUCH:	     return pages_touch(pages, gfn) == PAGE_ABSENT;
	case SHARE:	     return share(pages, gfn, PAGE_SHARED);
	case SHARE_IMPLICIT: return share(pages, gfn, PAGE_IMPLICIT);
	case SHARE_PSEUDO:   return share(pages, gfn, PAGE_PSEUDO);
	default:	     return pages_unshare(pages, gfn);
	}
}

static void check_sums(const struct pages *pages, const enum page_state *spec)
{
	uint64_t tally[PAGE_STATES] = { 0 };

	for (int i = 0; i < FRAMES; i++) {
		claim(pages_get(pages, (uint64_t)i) == spec[i]);
		tally[spec[i]]++;
	}
	for (int i = 0; i < PAGE_STATES; i++)
		claim(pages->tally[i] == tally[i]);
	claim(pages_private(pages) + pages_shared(pages) + tally[PAGE_NORMAL] +
	      tally[PAGE_REACHED] == FRAMES);
	claim(pages_in_slot(spec[0]));
}

static void check_ranges(const struct pages *pages, const enum page_state *spec)
{
	uint64_t gfn = any64(), count = any64();
	bool ok = count > 0 && count <= FRAMES && gfn <= FRAMES - count, shared = false;
	bool kept = false;

	for (uint64_t i = gfn; ok && i < gfn + count; i++) {
		shared |= spec[i] >= PAGE_SHARED;
		kept |= spec[i] == PAGE_IMPLICIT || spec[i] == PAGE_PSEUDO;
	}
	claim(pages_range_ok(pages, gfn, count) == ok);
	claim((pages_may_share(pages, gfn, count) == U_SUCCESS) == (ok && gfn > 0));
	claim((pages_may_unshare(pages, gfn, count) == U_SUCCESS) == (ok && !kept));
	claim(!ok || pages_none_shared(pages, gfn, count) == !shared);
}

int main(void)
{
	static uint8_t state[FRAMES];
	enum page_state spec[FRAMES] = { PAGE_SECURE }, was;
	enum call call = any8() % CALLS;
	uint64_t gfn = any64();
	struct pages pages;
	bool changed;

	/* it begins as it says, */
	pages_init(&pages, state, FRAMES);
	check_sums(&pages, spec);
	/* and goes from any state to the right one */
	for (int i = 0; i < FRAMES; i++) {
		spec[i] = any8() % PAGE_STATES;
		given(i > 0 || spec[i] == PAGE_SECURE || spec[i] == PAGE_ZERO);
		pages.tally[pages.state[i]]--;
		pages.tally[spec[i]]++;
		pages.state[i] = (uint8_t)spec[i];
	}
	was = gfn < FRAMES ? spec[gfn] : PAGE_INVALID;
	changed = do_call(&pages, call, gfn);
	if (gfn < FRAMES)
		spec[gfn] = next_state(was, call, gfn == 0);
	if (call == FORGET)		/* did the guest leave something in normal memory? */
		claim(changed == (was == PAGE_REACHED));
	else if (call == TOUCH)		/* may the host have left something there? */
		claim(changed == (was == PAGE_ABSENT));
	else
		claim(call < TOUCH || changed == (gfn < FRAMES && spec[gfn] != was));
	check_sums(&pages, spec);
	check_ranges(&pages, spec);
	return 0;
}
