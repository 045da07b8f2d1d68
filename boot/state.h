/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the steps hand to each other. Inputs are const, outputs come first; there is no other state.
 */
#ifndef BOOT_STATE_H
#define BOOT_STATE_H

#include "boot/options.h"
#include "fdt/outline.h"
#include "lib/range.h"

/*
 * Home: the memory that pefboot takes for itself, out of everybody's way.
 *
 *	start	image, bss, stack	(footprint, 64 KiB aligned)
 *		tree			(TREE_SPACE) the device tree being made for the kernel
 *		spare			(TREE_SPACE) the tree that CAS returns
 *		rtas			(RTAS_SPACE) stays the kernel's
 *	end
 */
#define TREE_SPACE 0x200000UL	/* the most that QEMU writes: hw/ppc/spapr.c FDT_MAX_SIZE */
#define RTAS_SPACE 0x10000UL	/* at least rtas-size, and a whole 64 KiB page */

struct home {
	struct range all, image;
	void *tree, *spare;
	const void *handed;		/* the tree as it was handed over: in tree, later in spare */
	uint64_t rtas;
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
	struct options options;		/* those of the command line that goes with them */
	bool little_endian;
};

/* What was found to be true of the final tree, from the tree alone. */
struct secure {
	struct ranges memory;
	struct range tree, kernel, initrd, rtas;
	const char *world;		/* "secure" or "normal", as MSR[S] says */
};

#endif /* BOOT_STATE_H */
