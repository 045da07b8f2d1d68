/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of a secure guest on the host, at the guest's own addresses, and steps 5 and 6 in it. */
#ifndef TESTS_FAKE_STAGE_H
#define TESTS_FAKE_STAGE_H

#include <stddef.h>

#include "boot/secure/guest.h"

#define STAGE_LOWEST 0x10000UL		/* below, nothing is mapped: null pointers fault */
#define STAGE_MEMORY 0x20000000UL	/* bytes */
#define STAGE_AT  0x3d0000UL		/* where the ultravisor enters */
#define STAGE_KERNEL 0x400000UL		/* with the mark */
#define STAGE_TREE   0x1fc00000UL
#define STAGE_RTAS   0x1ffe0000UL

#define STAGE_CALLS_MAX 128

/* What was shared, and what was accepted, in bytes and in turn. */
struct fake_stage {
	struct range shared;
	int share_calls;
	int64_t share_rc;	/* what UV_SHARE_PAGE answers */
	struct range accepted[STAGE_CALLS_MAX];
	int accept_calls;
	struct range refused;	/* a frame of it is the ultravisor's, or none: U_P2 */
	int64_t accept_rc;	/* what UV_UNSHARE_PAGE answers otherwise */
	bool silent;		/* no answer: r3 is the call's number, whatever came of it */
};

extern struct fake_stage fake_stage;

/* Zero the memory, lay RTAS and the tree, of @size bytes, and answer ultracalls. */
void fake_stage_reset(const void *tree, size_t size);

/* The same after fake_stage_reset(), with whatever earlier runs have left in memory: much faster. */
void fake_stage_reuse(const void *tree, size_t size);

/* verify(), and patch() if that went well; returns their error number. */
int fake_stage_run(struct guest *guest);

#endif /* TESTS_FAKE_STAGE_H */
