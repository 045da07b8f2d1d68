/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making the registers of a function reachable, and taking that back. */
#ifndef VIRTIO_BARS_H
#define VIRTIO_BARS_H

#include "virtio/bus.h"

/* What was done for one function. */
struct pci_access {
	struct pci_bus *bus;
	const struct pci_function *function;
	uint32_t command, saved[PCI_BARS], changed;	/* changed: a bit a register of the BARs */
	uint32_t bridges;				/* opened on its path so far */
	/* real addresses for mmio_*(); 0: not asked for */
	uint64_t address[PCI_BARS];
};

/*
 * bars_open() - give the BARs whose bits are set in @wanted an address where they have none, open
 * the bridges before the function, let it decode and be a bus master.
 * Nothing on stock QEMU has assigned them before us; under other firmware they stay as they are.
 * Returns 0, E_VIRTIO_CONFIG, E_PCI_WINDOW or E_PCI_CONFIG; after an error all is as it was.
 */
int bars_open(struct pci_access *access, struct pci_bus *bus, const struct pci_function *function,
	      uint32_t wanted);

/* All as before bars_open(), and the function no bus master. Returns 0 or E_PCI_CONFIG. */
int bars_close(struct pci_access *access);

#endif /* VIRTIO_BARS_H */
