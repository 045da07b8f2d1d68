/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who started us, where, and with what: each door says it once. Shared by boot/doors/head.S and C.
 */
#ifndef BOOT_DOORS_DOOR_H
#define BOOT_DOORS_DOOR_H

#define DOOR_HOME	   0	/* ourselves, from where we were put */
#define DOOR_BIOS	   1	/* QEMU -bios */
#define DOOR_ULTRAVISOR	   2	/* offset 0 of the secure stage, after UV_ESM */
#define DOOR_OPEN_FIRMWARE 3	/* offset 0, r5 = client interface */
#define DOOR_KEXEC	   4	/* offset 0, r5 = 0; the other CPUs wait at absolute 0x60 */

/*
 * Absolute addresses by which those CPUs are sent on: r4 for them, and where to go
 * (boot/doors/head.S).
 */
#define LOOP_ARG	0xf0
#define LOOP_GO		0xf8

#ifndef __ASSEMBLER__
#include "lib/range.h"

struct arrival {
	uint64_t door;			/* DOOR_* */
	const void *tree;		/* flat, as it was handed over */
	struct range image;		/* ourselves, where we were put */
	struct range bundle;		/* with the image as its head; empty if none came */
};

/* All that came along. */
static inline struct range arrival_range(const struct arrival *arrival)
{
	return range_size(arrival->bundle) ? arrival->bundle : arrival->image;
}

/* The name of a door in the log. */
static inline const char *door_name(uint64_t door)
{
	switch (door) {
	case DOOR_BIOS: return "bios";
	case DOOR_ULTRAVISOR: return "ultravisor";
	case DOOR_OPEN_FIRMWARE: return "of";
	case DOOR_KEXEC: return "kexec";
	default: return "?";
	}
}
#endif

#endif /* BOOT_DOORS_DOOR_H */
