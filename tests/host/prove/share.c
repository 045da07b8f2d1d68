// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: after any order of ESM, touches, mappings, shares and unshares no frame is where the
 *     wrong side reaches it: a mapping leads to its place, normal memory holds nothing of the guest,
 *     and what changes sides is unmapped, seen by no CPU, and zeroed
 * bounds: 3 frames of two pages, batches of two, memory for one frame at a time; any arguments of any
 *     call, from any state in which that is so
 * sources: ultravisor/memory/pages.c ultravisor/memory/memory.c ultravisor/calls/share.c
 * smaller: ultravisor/memory/pages.h:FRAME_SIZE=0x2000UL ultravisor/calls/share.c:BATCH=2
 *     ultravisor/memory/memory.c:AHEAD=0x2000UL
 * cbmc: --slice-formula --unwind 6 --object-bits 10
 * run: all
 */
#include "ultravisor/calls/share.h"

#include "lib/hcall.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/trial/options.h"
#include "tests/host/prove/prove.h"

#define FRAMES 3
#define SLOTS  (1UL << 32)
#define LEAVES (FRAME_SIZE / SMALL_PAGE)

struct platform platform;
struct uv_options uv_options;
struct vcpu vcpus[CPUS_MAX];

static uint8_t state[FRAMES];
static uint64_t leaf[FRAMES][LEAVES];
static bool zero_slot[FRAMES];		/* nobody else's bytes are in its slot */
static bool stale[FRAMES];		/* a CPU may still have its old translation */
static uint64_t moved;			/* the frame that is looked at, */
static bool zeroed;			/* and whether its normal memory was */

uint64_t *radix_leaf(uint64_t gpa, bool make)
{
	claim(gpa < FRAMES * FRAME_SIZE && !make);
	return &leaf[gpa / FRAME_SIZE][gpa % FRAME_SIZE / SMALL_PAGE];
}

void exec_release(uint64_t gpa)
{
	claim(gpa < FRAMES * FRAME_SIZE);
	stale[gpa / FRAME_SIZE] = true;
}

void smp_shootdown(void)
{
	for (int i = 0; i < FRAMES; i++)
		stale[i] = false;
}

void vpa_forget(uint64_t gfn)
{
	claim(gfn < FRAMES);
}

/* Zeroing is of whole frames, after the last CPU has let go, and never of L1's vectors. */
void real_zero(uint64_t ra, uint64_t size)
{
	uint64_t gfn = (ra & (SLOTS - 1)) / FRAME_SIZE;

	claim(size == FRAME_SIZE && ra % FRAME_SIZE == 0 && gfn < FRAMES && !stale[gfn]);
	if (ra >= SLOTS) {
		zero_slot[gfn] = true;
		return;
	}
	claim(gfn > 0);
	zeroed |= gfn == moved;
}

int64_t hcall(uint64_t number, const uint64_t in[HCALL_REGS], uint64_t out[HCALL_REGS])
{
	(void)number;
	(void)in;
	(void)out;
	return 0;
}

void *real(uint64_t ra)
{
	(void)ra;
	return NULL;
}

uint64_t own_alloc(uint64_t size, uint64_t align)
{
	(void)align;
	return size;
}

bool range_make(struct range *range, uint64_t base, uint64_t size)
{
	*range = (struct range){ base, base + size };
	return base + size >= base;
}

bool ranges_contain(const struct ranges *set, struct range range)
{
	(void)set;
	(void)range;
	return false;
}

/* Where a frame is mapped, that is to its place, which is nobody else's and not to be zeroed yet. */
static bool is_right(uint64_t gfn)
{
	const enum page_state now = (enum page_state)state[gfn];
	const uint64_t place = (pages_in_slot(now) ? SLOTS : 0) + gfn * FRAME_SIZE;
	uint64_t page = any8() % LEAVES;

	if (leaf[gfn][page] && (pages_empty(now) || pages_undecided(now) ||
				leaf[gfn][page] != radix_leaf_open(place + page * SMALL_PAGE)))
		return false;
	return !stale[gfn] &&
	       (zero_slot[gfn] || (now != PAGE_SECURE && now != PAGE_PSEUDO));
}

static void any_state(void)
{
	for (uint64_t i = 0; i < FRAMES; i++) {
		bool mapped = any_bool(), in_slot, empty;

		state[i] = any8();
		given(state[i] < PAGE_STATES && !pages_undecided((enum page_state)state[i]));
		in_slot = pages_in_slot((enum page_state)state[i]);
		given(i > 0 || state[i] == PAGE_SECURE || state[i] == PAGE_ZERO ||
		      state[i] == PAGE_PSEUDO);
		empty = pages_empty((enum page_state)state[i]);
		pages.tally[state[i]]++;
		zero_slot[i] = in_slot && !empty;
		for (uint64_t page = 0; mapped && !empty && page < LEAVES; page++)
			leaf[i][page] = radix_leaf_open((in_slot ? SLOTS : 0) + i * FRAME_SIZE +
							page * SMALL_PAGE);
	}
}

static void do_call(struct vcpu *vcpu, uint64_t gfn, uint64_t count)
{
	const enum page_state as = any_bool() ? PAGE_IMPLICIT : PAGE_PSEUDO;

	GPR(vcpu, 4) = gfn;
	GPR(vcpu, 5) = count;
	switch (any8() % 5) {
	case 0:
		uv_share_page(vcpu);
		break;
	case 1:
		uv_unshare_page(vcpu);
		break;
	case 2:
		uv_unshare_all_pages(vcpu);
		break;
	case 3:		/* of UV_ESM, for its own frames and those of RTAS, wherever that is */
		if (pages_range_ok(&pages, gfn, count) && (gfn > 0 || as == PAGE_PSEUDO))
			share_change(gfn, count, as);
		break;
	default:
		given(gfn < FRAMES);
		memory_map_around(gfn * FRAME_SIZE);
	}
}

int main(void)
{
	static struct vcpu vcpu;
	uint64_t gfn = any64(), count = any64(), at = any64();
	enum page_state was;

	given(at < FRAMES);
	platform.guest = FRAMES * FRAME_SIZE;
	platform.slots = SLOTS;
	platform.implicit_maps = any_bool();
	uv_options.evil = any_bool() ? EVIL_NOSHARE : 0;
	pages = (struct pages){ .state = state, .count = FRAMES };
	any_state();
	was = (enum page_state)state[at];
	/* what changes sides leaves the old one's bytes in normal memory, until they are zeroed */
	moved = at;
	do_call(&vcpu, gfn, count);
	claim(is_right(at));
	claim(at > 0 || pages_in_slot((enum page_state)state[at]));
	claim(pages_in_slot(was) == pages_in_slot((enum page_state)state[at]) || zeroed);
	claim(was != PAGE_ABSENT || state[at] == was || zeroed);
	claim(was != PAGE_IMPLICIT && was != PAGE_PSEUDO ? true : state[at] == was);
	return 0;
}
