/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the steps hand to each other. Inputs are const, outputs come first; there is no other state.
 */
#ifndef BOOT_STATE_H
#define BOOT_STATE_H

#include "abi/papr.h"	/* TREE_SPACE */
#include "fdt/outline.h"
#include "lib/options.h"
#include "lib/range.h"

/*
 * Home: the memory that pefboot takes for itself, out of everybody's way.
 *
 *	start	image, bss, stack	(footprint, 64 KiB aligned)
 *		tree			(TREE_SPACE) the device tree being made for the kernel
 *		spare			(TREE_SPACE) the tree that CAS returns
 *		scrap			(SCRAP_SPACE) an empty initrd, if one is needed
 *		rtas			(RTAS_SPACE) stays the kernel's
 *	end
 */
#define SCRAP_SPACE 0x10000UL
#define RTAS_SPACE 0x10000UL	/* at least rtas-size, and a whole 64 KiB page */

struct home {
	struct range all, image;
	void *tree, *spare, *scrap;
	const void *handed;		/* the tree as it was handed over: in tree, later in spare */
	uint64_t rtas;
	uint64_t door;			/* DOOR_*: who started us */
	uint64_t origin;		/* where the image was put, with a bundle's payload behind it */
};

struct rtas_tokens {
	uint32_t power_off, read_pci_config, write_pci_config;
	uint32_t size;			/* rtas-size, bytes */
};

/* What the platform told us. */
struct machine {
	struct home home;
	struct options options;
	struct dt_outline outline;	/* of home.tree; its node offsets die with the first edit */
	struct ranges reserved;
	struct rtas_tokens rtas;
};

/* Kernel and initrd, where they lie. */
struct payload {
	struct range kernel;		/* as loaded */
	struct range kernel_final;	/* where it will move itself: [0, size) */
	struct range initrd;		/* empty if there is none */
	struct range bundle;		/* image of the boot bundle that both are part of; empty: loaded by QEMU */
	bool from_disk;
	struct options options;		/* those of the command line that goes with them */
	bool little_endian;
};

/* What was found to be true, from the tree and from ourselves alone. */
struct secure {
	void *tree;
	bool is_secure;			/* MSR[S] */
	bool verified;			/* kernel, initrd and command line match the measured manifest */
	struct options options;		/* from the tree's command line */
	struct dt_outline outline;	/* of tree */
	struct range image;		/* ourselves, with stack */
	struct range bundle;		/* image and payload, if they were measured together */
	struct range kernel, kernel_final, initrd, rtas, pool;
	struct ranges reserved;		/* by others: they stay reserved */
	struct ranges taken;		/* all of these, the tree and its reservations */
};

static inline const char *verified_name(const struct secure *secure)
{
	return secure->verified ? "match" : "unverified";
}

static inline const char *world_name(const struct secure *secure)
{
	return secure->is_secure ? "secure" : "normal";
}

#endif /* BOOT_STATE_H */
