/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ULTRAVISOR_TRIAL_LIBFDT_OVERLAY_H
#define ULTRAVISOR_TRIAL_LIBFDT_OVERLAY_H

/*
 * fdt_overlay_apply() without what it does to phandles and labels: the fragments of a checked
 * overlay are merged into an opened tree, with every value as it is written. Returns 0 or a
 * -FDT_ERR_*; the tree is lost then.
 */
int overlay_merge_fragments(void *tree, void *overlay);

#endif /* ULTRAVISOR_TRIAL_LIBFDT_OVERLAY_H */
