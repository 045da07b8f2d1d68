/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ULTRAVISOR_CALLS_SHARE_H
#define ULTRAVISOR_CALLS_SHARE_H

#include "ultravisor/calls/handler.h"
#include "ultravisor/memory/pages.h"

/*
 * Change the state of @count frames from @gfn on: secure ones to PAGE_SHARED, PAGE_IMPLICIT or
 * PAGE_PSEUDO, shared ones to PAGE_ZERO; all others stay as they are. Frames that change are zero
 * for both sides afterwards, except that the guest keeps the contents of a PSEUDO frame. Wants the
 * lock.
 */
void share_change(uint64_t gfn, uint64_t count, enum page_state to);

uvcall_fn uv_share_page, uv_unshare_page, uv_unshare_all_pages;

#endif /* ULTRAVISOR_CALLS_SHARE_H */
