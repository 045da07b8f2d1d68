/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who started us; shared by boot/head.S and C. */
#ifndef BOOT_DOOR_H
#define BOOT_DOOR_H

#define DOOR_BIOS	1	/* QEMU -bios */
#define DOOR_ULTRAVISOR 2	/* offset 0 of the secure stage, after UV_ESM */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* The word for a door in the log. */
static inline const char *door_name(uint64_t door)
{
	switch (door) {
	case DOOR_BIOS: return "bios";
	case DOOR_ULTRAVISOR: return "ultravisor";
	default: return "?";
	}
}
#endif

#endif /* BOOT_DOOR_H */
