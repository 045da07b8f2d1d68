/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ULTRAVISOR_CALLS_SHARE_H
#define ULTRAVISOR_CALLS_SHARE_H

#include "ultravisor/calls/handler.h"
#include "ultravisor/memory/pages.h"

/*
 * Bring @count frames from @gfn on into a state: PAGE_SHARED, PAGE_IMPLICIT or PAGE_PSEUDO from
 * the secure ones, PAGE_ZERO from the shared ones; all others stay as they are. Frames that change
 * are zero for both sides afterwards (a PSEUDO frame keeps its contents for the guest). Wants the
 * lock.
 */
void share_change(uint64_t gfn, uint64_t count, enum page_state to);

uvcall_fn uv_share_page, uv_unshare_page, uv_unshare_all_pages, uv_esmb_get_file;

#endif /* ULTRAVISOR_CALLS_SHARE_H */
