// SPDX-License-Identifier: GPL-2.0-or-later
/* UV_SHARE_PAGE, UV_UNSHARE_PAGE, UV_UNSHARE_ALL_PAGES, UV_ESMB_GET_FILE */
#include "abi/pef.h"
#include "ultravisor/calls/share.h"
#include "ultravisor/calls/vpa.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/trial/options.h"

/* Remove the frame from the guest's partition-scoped table, with its original text. */
static void unmap_frame(uint64_t gfn)
{
	uint64_t gpa = gfn * FRAME_SIZE, end = gpa + FRAME_SIZE;

	for (uint64_t *leaf = radix_leaf(gpa, false); gpa < end; gpa += SMALL_PAGE, leaf++)
		if (*leaf) {
			exec_release(gpa);
			*leaf = 0;
		}
}

static bool change_frame(uint64_t gfn, enum page_state to)
{
	enum page_state was = pages_get(&pages, gfn);

	if (to == PAGE_ZERO ? was != PAGE_SHARED : !pages_sharable(was))
		return false;
	unmap_frame(gfn);
	if (to == PAGE_ZERO)
		vpa_forget(gfn);
	if (to == PAGE_PSEUDO)
		memory_resolve(gfn * FRAME_SIZE);	/* zero its slot, which it keeps */
	return to == PAGE_ZERO ? pages_unshare(&pages, gfn) : pages_share(&pages, gfn, to);
}

/*
 * Change what can be changed, wait until no CPU has an old translation, then zero normal memory,
 * without looking: that costs ten times more. Frames that were in that state before keep their
 * contents; which did not is recorded, and therefore this is done in batches. Frame 0 of normal
 * memory holds L1's vectors: the guest's is always in its slot, also where RTAS lies in it.
 */
#define BATCH 1024

static void change_batch(uint64_t gfn, uint64_t count, enum page_state to)
{
	static bool changed[BATCH];
	bool any = false;

	for (uint64_t i = 0; i < count; i++)
		any |= changed[i] = change_frame(gfn + i, to);
	if (!any)
		return;
	smp_shootdown();
	for (uint64_t i = 0; i < count; i++)
		if (changed[i] && gfn + i > 0)
			real_zero((gfn + i) * FRAME_SIZE, FRAME_SIZE);
}

void share_change(uint64_t gfn, uint64_t count, enum page_state to)
{
	for (uint64_t part; count; gfn += part, count -= part) {
		part = count < BATCH ? count : BATCH;
		change_batch(gfn, part, to);
	}
}

int64_t uv_share_page(struct vcpu *vcpu)
{
	uint64_t gfn = GPR(vcpu, 4), count = GPR(vcpu, 5);

	if (pages_may_share(&pages, gfn, count) || (uv_options.evil & EVIL_NOSHARE))
		return U_P2;
	share_change(gfn, count, PAGE_SHARED);
	return U_SUCCESS;
}

int64_t uv_unshare_page(struct vcpu *vcpu)
{
	uint64_t gfn = GPR(vcpu, 4), count = GPR(vcpu, 5);

	if (pages_range_ok(&pages, gfn, count) && pages_none_shared(&pages, gfn, count))
		return U_SUCCESS;
	if (pages_may_unshare(&pages, gfn, count))
		return U_P2;
	share_change(gfn, count, PAGE_ZERO);
	return U_SUCCESS;
}

/* Explicitly shared frames only; implicit and pseudo-shared ones stay (core/svm_host.c:1120). */
int64_t uv_unshare_all_pages(struct vcpu *vcpu)
{
	(void)vcpu;
	share_change(1, pages.count - 1, PAGE_ZERO);
	return U_SUCCESS;
}
