/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uv.evil=overlay: a device tree overlay, as `dtc` compiles it, applied to the guest's tree. libfdt
 * merges it; what a merge cannot do (delete, rename, move, a second one of the same name) is asked
 * for by properties "uv-evil,..." in the overlay: docs/ultravisor.md.
 */
#ifndef ULTRAVISOR_TRIAL_OVERLAY_H
#define ULTRAVISOR_TRIAL_OVERLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ultravisor/trial/overlay_edit.h"

/*
 * At the start: keep a copy of the overlay at real address @base of @size bytes in our own memory.
 * Returns 0, or a -FDT_ERR_* for one that is none.
 */
int overlay_keep(uint64_t base, uint64_t size);

/*
 * Apply the fragments for this time (@after UV_ESM's check, or before it) to @tree, a checked tree
 * in a buffer of @space bytes. Without such a fragment the tree stays as it is, otherwise it is
 * packed. Returns 0 or a -FDT_ERR_*; the tree is lost then.
 */
int overlay_apply(struct overlay_done *done, void *tree, size_t space, bool after);

#endif /* ULTRAVISOR_TRIAL_OVERLAY_H */
