// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/accept.h"

#include <libfdt.h>

#include "abi/papr.h"
#include "abi/pef.h"
#include "lib/arch.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/names.h"
#include "ultracall/ultracall.h"

/* Clears @answered where the ultravisor does not answer: the frames are taken all the same. */
static int accept_frames(struct range frames, bool *answered)
{
	const uint64_t count = range_size(frames);
	int64_t urc;

	if (count == 0)
		return 0;
	urc = ultracall(UV_UNSHARE_PAGE, frames.start, count);
	log_info("uvcall=UV_UNSHARE_PAGE r4=0x%lx r5=0x%lx rc=%ld", frames.start, count, (long)urc);
	switch (ultracall_answer(UV_UNSHARE_PAGE, urc)) {
	case ANSWER_NO:
		return error(E_NOT_OURS, "0x%lx-0x%lx: UV_UNSHARE_PAGE -> %s (%ld)",
			     frames.start << UV_PAGE_SHIFT, frames.end << UV_PAGE_SHIFT,
			     u_name(urc), (long)urc);
	case ANSWER_NONE:
		*answered = false;
		return 0;
	default:
		return 0;
	}
}

int accept_tree(const void *tree)
{
	const uint64_t start = (uintptr_t)tree;
	bool answered;	/* accept_memory() asks for these frames again, and says it */
	struct range range;
	int rc;

	if (!msr_is_secure())
		return 0;
	if (!range_make(&range, start, sizeof(struct fdt_header)))
		return error(E_VERIFY_TREE, "at 0x%lx", start);
	if (is_in_frame_0(range))
		return error(E_VERIFY_RANGE, "tree at 0x%lx, in frame 0", start);
	rc = accept_frames(frames_of(range), &answered);
	if (rc)
		return rc;
	if (!range_make(&range, start, fdt_totalsize(tree)) || range_size(range) > TREE_SPACE)
		return error(E_VERIFY_TREE, "%u bytes at 0x%lx", fdt_totalsize(tree), start);
	return accept_frames(frames_of(range), &answered);
}

/* Of what is not to be accepted, the first that ends after @frame; empty where there is none. */
static struct range find_exempt(const struct guest *guest, uint64_t frame)
{
	struct range first = frames_of(guest->rtas);

	if (first.end <= frame)
		first = (struct range){ UINT64_MAX, UINT64_MAX };
	for (size_t i = 0; i < guest->reserved.count; i++) {
		const struct range exempt = frames_of(guest->reserved.item[i]);

		if (exempt.end > frame && exempt.start < first.start)
			first = exempt;
	}
	return first;
}

static int accept_range(const struct guest *guest, struct range frames, bool *answered)
{
	uint64_t at = frames.start;
	int rc = 0;

	while (rc == 0 && at < frames.end) {
		const struct range exempt = find_exempt(guest, at);

		if (exempt.start > at)
			rc = accept_frames((struct range){ at, exempt.start < frames.end ?
								       exempt.start :
								       frames.end },
					   answered);
		at = exempt.end;
	}
	return rc;
}

int accept_memory(const struct guest *guest)
{
	bool answered = true;
	int rc = 0;

	if (!guest->is_secure)
		return 0;
	for (size_t i = 0; rc == 0 && i < guest->memory.count; i++)
		rc = accept_range(guest, frames_of(guest->memory.item[i]), &answered);
	if (rc == 0 && !answered)
		log_notice("notice: the ultravisor gives no answer to UV_UNSHARE_PAGE, "
			   "so memory is taken on the host's word");
	return rc;
}
