/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that only the tree vouches for. An address in none of the guest's memory slots is a device
 * to an ultravisor, which asks the host for its contents (open-power/ultravisor core/svm_host.c
 * svm_e00_handle()). So the ultravisor has to say of each frame that it is the guest's own before
 * the frame is used.
 *
 * UV_UNSHARE_PAGE says so: U_P2 for a frame in no slot, and for one that the ultravisor shares for
 * itself (core/svm_host.c page_unshare_with_hv()). A private frame, also one that nobody touched,
 * costs it a look at its table and stays as it is; nothing is asked of the host. But one that
 * the host has paged out since UV_ESM is lost: the published code forgets where it went, and the
 * guest hangs when it touches it. KVM pages out what somebody on the host touches, no more.
 *
 * The same code keeps its answer to itself (ultracall/ultracall.h). Then memory is taken on the
 * host's word: to stop would be to start on no such ultravisor at all. docs/security.md says what
 * that costs.
 */
#ifndef BOOT_SECURE_ACCEPT_H
#define BOOT_SECURE_ACCEPT_H

#include "abi/pef.h"
#include "boot/secure/guest.h"

/* The 64 KiB frames that @range covers, also in part: their numbers. */
static inline struct range frames_of(struct range range)
{
	const uint64_t mask = (1UL << UV_PAGE_SHIFT) - 1;

	return (struct range){ range.start >> UV_PAGE_SHIFT,
			       (range.end >> UV_PAGE_SHIFT) + ((range.end & mask) != 0) };
}

/* Their addresses. The last byte of @range is not in the last frame of all. */
static inline struct range whole_frames(struct range range)
{
	const struct range frames = frames_of(range);

	return (struct range){ frames.start << UV_PAGE_SHIFT, frames.end << UV_PAGE_SHIFT };
}

/*
 * Frame 0 holds the vectors. An ultravisor brings in what the frames of the tree, of RTAS and of
 * the initrd hold, and what it measures; all else is zeros then. So none of these may lie in
 * frame 0: what the host left there would come with it, and nothing is measured of it.
 */
static inline bool is_in_frame_0(struct range range)
{
	return range_size(range) && range.start >> UV_PAGE_SHIFT == 0;
}

/*
 * accept_tree() - the frames of the header of @tree, then all of the tree's. Nothing of it may be
 * read before. In a VM that stays normal nothing is to be accepted.
 * Returns 0, E_VERIFY_TREE (too large a tree), E_VERIFY_RANGE (it lies in frame 0), or E_NOT_OURS.
 */
int accept_tree(const void *tree);

/*
 * accept_memory() - every frame of the memory that the tree claims, but those of RTAS and of the
 * reservations: they are the ultravisor's, and nothing of ours lies in them. One line of the log
 * says so where the ultravisor gives no answer.
 * @guest: memory, rtas and reserved are set
 * Returns 0 or E_NOT_OURS.
 */
int accept_memory(const struct guest *guest);

#endif /* BOOT_SECURE_ACCEPT_H */
