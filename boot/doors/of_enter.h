/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One call of Open Firmware's client interface: IEEE 1275-1994 6.3.1. */
#ifndef BOOT_DOORS_OF_ENTER_H
#define BOOT_DOORS_OF_ENTER_H

#include <stdint.h>

#define OF_CELLS_MAX 10	/* arguments and results together: QEMU hw/ppc/vof.c struct prom_args */

/* One call. Addresses must lie below 4 GiB, since a cell has 32 bits. */
struct of_call {
	const char *service;
	uint32_t args, rets;
	uintptr_t arg[OF_CELLS_MAX];
	uint32_t ret[OF_CELLS_MAX];
};

/*
 * of_enter() - make the call in 32-bit mode. A seam: host tests bring their own. Returns 0, or
 * nonzero where there is no such service; results are untouched then.
 */
int of_enter(uint64_t client, struct of_call *call);

#endif /* BOOT_DOORS_OF_ENTER_H */
