/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the steps hand to each other. Inputs are const, outputs come first; there is no other state.
 */
#ifndef BOOT_STATE_H
#define BOOT_STATE_H

#include "boot/options.h"
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
	uint64_t rtas;
};

struct rtas_tokens {
	uint32_t power_off, read_pci_config, write_pci_config;
	uint32_t size;			/* rtas-size, bytes */
};

#define PHB_MOST 32			/* QEMU's limit: SPAPR_MAX_PHBS */
struct phb {
	int node;			/* offset in the tree; dies with the first edit */
	uint64_t buid;			/* "reg": unit id of the bridge */
	uint32_t bridges;		/* PCI-PCI bridges found behind it */
};

/* What the platform told us. */
struct machine {
	struct home home;
	struct options options;
	struct ranges memory, reserved;
	struct rtas_tokens rtas;
	uint32_t cpus, pci_devices;
	uint32_t phb_count;
	struct phb phb[PHB_MOST];
};

/* Kernel and initrd, where they lie. */
struct payload {
	struct range kernel;		/* as loaded */
	struct range kernel_final;	/* where it will move itself: [0, size) */
	struct range initrd;		/* empty if there is none */
	bool little_endian;
};

/* What was found to be true of the final tree, from the tree alone. */
struct secure {
	struct ranges memory;
	struct range tree, kernel, initrd, rtas;
	const char *world;		/* "secure" or "normal", as MSR[S] says */
};

#endif /* BOOT_STATE_H */
