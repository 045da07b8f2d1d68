/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ULTRAVISOR_TRIAL_OVERLAY_EDIT_H
#define ULTRAVISOR_TRIAL_OVERLAY_EDIT_H

#include <stdint.h>

/* What was applied; after a failure @where says to what part it belongs. */
struct overlay_done {
	uint32_t fragments, edits;
	const char *where;
};

/*
 * Do what the "uv-evil,..." properties of an opened tree ask for, and remove them. Returns 0 or a
 * -FDT_ERR_*.
 */
int overlay_edit(struct overlay_done *done, void *tree);

#endif /* ULTRAVISOR_TRIAL_OVERLAY_EDIT_H */
