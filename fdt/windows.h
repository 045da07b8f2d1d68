/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The windows of a PCI host bridge: addresses of the CPU at which its devices are reached. */
#ifndef FDT_WINDOWS_H
#define FDT_WINDOWS_H

#include <stdint.h>

#include "lib/range.h"

struct dt_window {
	uint32_t space;		/* OF_PCI_SPACE_* of abi/pci.h */
	uint64_t pci;		/* its first address on the bus */
	struct range cpu;	/* its addresses for the CPU */
};

/*
 * dt_window_next() - the next entry of "ranges".
 * @value: @size bytes of the property; both are moved past the entry
 * Returns 1, 0 at the end, or -FDT_ERR_TRUNCATED (part of an entry), -FDT_ERR_BADVALUE (addresses
 * of the CPU that wrap).
 */
int dt_window_next(struct dt_window *window, const uint8_t **value, uint32_t *size);

#endif /* FDT_WINDOWS_H */
