/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in the guest's memory that the ultravisor takes for itself. */
#ifndef ULTRAVISOR_CALLS_RESERVE_H
#define ULTRAVISOR_CALLS_RESERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/range.h"

/*
 * Add a memory reservation of so many frames to platform.tree, below @rmo. False if there is no
 * room.
 */
bool reserve_frames(struct range *got, uint64_t rmo, uint64_t frames);

#endif /* ULTRAVISOR_CALLS_RESERVE_H */
