/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The secure stage: a pristine image at kbase, which the ultravisor measures and enters. */
#ifndef BOOT_NORMAL_STAGE_H
#define BOOT_NORMAL_STAGE_H

#include "boot/normal/machine.h"

/*
 * stage_place() - put the image right before the kernel, so that both are one range to measure:
 *
 *	kbase	image, zeros to the end of its footprint	(64 KiB aligned)
 *	kernel	as loaded
 *
 * A boot bundle has its own image in front, with the manifest in it: that one is it.
 * Returns 0 or E_NO_STAGE.
 */
int stage_place(uint64_t *kbase, const struct machine *machine, const struct payload *payload);

/* What must not become an ultravisor's: home but for RTAS, stage with kernel, and initrd. */
void stage_reserve(struct ranges *own, const struct machine *machine, const struct payload *payload,
		   uint64_t kbase);

/*
 * stage_empty_initrd() - a real ultravisor refuses a guest without an initrd
 * (svm/svm-esm.c:371-405): make an empty archive in our home. Returns where it lies.
 */
struct range stage_empty_initrd(const struct home *home);

#endif /* BOOT_NORMAL_STAGE_H */
