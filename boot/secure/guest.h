/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest as steps 5 to 7 found it, from its tree and from themselves alone. */
#ifndef BOOT_SECURE_GUEST_H
#define BOOT_SECURE_GUEST_H

#include "abi/bundle.h"
#include "lib/format.h"
#include "lib/options.h"
#include "lib/range.h"

struct guest {
	void *tree;
	bool is_secure;			/* MSR[S] */
	/* kernel, initrd and command line match the measured manifest */
	bool verified;
	/* SHA-512 of what was measured, of a version 2 bundle; or "" */
	char measured[HEX_SIZE(BUNDLE_DIGEST_SIZE)];
	struct options options;		/* from the tree's command line */
	const char *bootargs;		/* in the tree; NULL: none */
	struct ranges memory;		/* neighbours joined, none overlapping */
	struct range image;		/* ourselves, with stack */
	struct range bundle;		/* image and payload, if they were measured together */
	struct range kernel, kernel_final, initrd, rtas, pool;
	struct ranges reserved;		/* by others: they stay reserved */
	struct ranges taken;		/* all of these, the tree and its reservations */
};

static inline const char *verified_name(const struct guest *guest)
{
	return guest->verified ? "match" : "unverified";
}

static inline const char *world_name(const struct guest *guest)
{
	return guest->is_secure ? "secure" : "normal";
}

#endif /* BOOT_SECURE_GUEST_H */
