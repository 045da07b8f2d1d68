/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the steps of the normal world hand to each other. Inputs are const, outputs come first;
 * there is no other state.
 */
#ifndef BOOT_NORMAL_MACHINE_H
#define BOOT_NORMAL_MACHINE_H

#include "boot/doors/home.h"
#include "fdt/outline.h"
#include "lib/options.h"
#include "lib/range.h"

struct rtas_tokens {
	uint32_t power_off, read_pci_config;
	uint32_t size;			/* rtas-size, bytes */
};

/* What the platform told us. */
struct machine {
	struct home home;
	struct options options;
	uint64_t limit;			/* mem= of the kernel that is to be started */
	struct dt_outline outline;	/* of home.tree; its node offsets die with the first edit */
	struct ranges reserved;
	struct rtas_tokens rtas;
};

/* Kernel and initrd, where they lie. */
struct payload {
	struct range kernel;		/* as loaded */
	struct range kernel_final;	/* where it will move itself: [0, size) */
	struct range initrd;		/* empty if there is none */
	/* in the bundle, or in @archive bytes in front of the initrd; empty if there is none */
	struct range blob;
	uint64_t archive;
	/* image of the boot bundle that both are part of; empty: loaded by QEMU */
	struct range bundle;
	bool from_disk;
	struct options options;		/* those of the command line that goes with them */
	bool little_endian;
};

#endif /* BOOT_NORMAL_MACHINE_H */
