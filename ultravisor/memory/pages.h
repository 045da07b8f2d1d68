/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who can reach a 64 KiB frame of the guest: a state machine without side effects. Its callers do
 * what a change of state calls for (ultravisor/memory/memory.c, ultravisor/calls/share.c, esm.c).
 *
 *	NORMAL	before UV_ESM: in normal memory, seen by host and devices, untouched by the guest
 *	REACHED	the same, touched by the guest
 *	SECURE	in its slot			   ZERO	    never touched: its slot is not zeroed
 *	ABSENT	as ZERO, and untouched before UV_ESM, too: normal memory has what the host put there
 *	SHARED	in normal memory, by the guest's will
 *	IMPLICIT in normal memory for the ultravisor's own use; the guest cannot take it back
 *	PSEUDO	in its slot, though the host believes it shared (the RTAS blob)
 *
 *	NORMAL -touch-> REACHED
 *	NORMAL -esm-> SECURE | ABSENT	REACHED -esm-> SECURE | ZERO
 *	ZERO, ABSENT -touch-> SECURE	SECURE, ZERO, ABSENT -share-> SHARED
 *	SHARED -unshare-> ZERO		SECURE, ZERO, ABSENT -(implicit | pseudo)-> for ever
 *	NORMAL -forget-> ABSENT		REACHED -forget-> ZERO
 *
 * Source of the last two states and of what may be unshared: open-power/ultravisor
 * include/svm_host.h SVM_GPF_*, core/svm_host.c page_share_with_hv(), page_unshare_with_hv().
 */
#ifndef ULTRAVISOR_MEMORY_PAGES_H
#define ULTRAVISOR_MEMORY_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/pef.h"

#define FRAME_SIZE (1UL << UV_PAGE_SHIFT)

enum page_state {
	PAGE_NORMAL, PAGE_REACHED, PAGE_SECURE, PAGE_ZERO, PAGE_ABSENT,
	PAGE_SHARED, PAGE_IMPLICIT, PAGE_PSEUDO,
	PAGE_STATES,
	PAGE_INVALID = PAGE_STATES,	/* past the end of memory */
};

struct pages {
	uint8_t *state;			/* enum page_state of each frame */
	uint64_t count;
	uint64_t tally[PAGE_STATES];	/* frames in each state */
};

/* All @count frames NORMAL, but frame 0, which is SECURE from the start. */
void pages_init(struct pages *pages, uint8_t *state, uint64_t count);

enum page_state pages_get(const struct pages *pages, uint64_t gfn);

/* At least one frame, all of them memory, no wrap. */
bool pages_range_ok(const struct pages *pages, uint64_t gfn, uint64_t count);

/*
 * Does a frame in this state lie in its slot (true, also if that is not zeroed yet) or in normal
 * memory?
 */
bool pages_in_slot(enum page_state state);

/* Has UV_ESM not decided about it? */
static inline bool pages_undecided(enum page_state state)
{
	return state == PAGE_NORMAL || state == PAGE_REACHED;
}

/* Does it read as zeros, since its slot was not touched? */
static inline bool pages_empty(enum page_state state)
{
	return state == PAGE_ZERO || state == PAGE_ABSENT;
}

/* May its state change to a shared one? */
static inline bool pages_sharable(enum page_state state)
{
	return state == PAGE_SECURE || pages_empty(state);
}

/* UV_ESM brings it in: what is undecided becomes SECURE; ZERO or ABSENT if it holds nothing. */
void pages_secure(struct pages *pages, uint64_t gfn, bool zero);

/*
 * UV_ESM does not bring it in: what is undecided becomes ZERO or ABSENT, and frame 0 ZERO. Returns
 * the state that it was in: of a REACHED one normal memory may have something of the guest's.
 */
enum page_state pages_forget(struct pages *pages, uint64_t gfn);

/* UV_ESM failed: back to REACHED, if it was decided. Frame 0 stays. */
void pages_revert(struct pages *pages, uint64_t gfn);

/*
 * The guest touches it. Returns the state that it was in: of ZERO and ABSENT its slot must be
 * zeroed now, and of ABSENT normal memory, too.
 */
enum page_state pages_touch(struct pages *pages, uint64_t gfn);

/*
 * May the range be shared? 0, or U_P2, also with frame 0 in it: L1's vectors are there in normal
 * memory. If so, share it frame by frame; true if the state changed, and mapping and contents have
 * to follow.
 */
int pages_may_share(const struct pages *pages, uint64_t gfn, uint64_t count);
bool pages_share(struct pages *pages, uint64_t gfn, enum page_state as);

/* May the range be unshared? 0, or U_P2 with an IMPLICIT or PSEUDO frame in it. */
int pages_may_unshare(const struct pages *pages, uint64_t gfn, uint64_t count);
bool pages_unshare(struct pages *pages, uint64_t gfn);

/*
 * Is there nothing to unshare in a range of memory: no frame SHARED, IMPLICIT or PSEUDO? Firmware
 * asks for all of memory at once.
 */
bool pages_none_shared(const struct pages *pages, uint64_t gfn, uint64_t count);

/* For the verdict. */
uint64_t pages_private(const struct pages *pages);
uint64_t pages_shared(const struct pages *pages);

#endif /* ULTRAVISOR_MEMORY_PAGES_H */
