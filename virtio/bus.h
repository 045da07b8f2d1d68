/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the device tree says about PCI: host bridges, bridges, and the virtio functions behind them.
 */
#ifndef VIRTIO_BUS_H
#define VIRTIO_BUS_H

#include "abi/pci.h"
#include "lib/range.h"
#include "virtio/config.h"

/* Addresses that the CPU can reach through a host bridge, as PCI has them: [start, end). */
struct pci_window {
	uint64_t start, next, end;	/* free from next on; nothing is given back */
	uint64_t offset;		/* what the CPU adds, modulo 2^64 */
};

enum pci_space { PCI_IO, PCI_MEM32, PCI_MEM64, PCI_SPACES };

/* The default DMA window: addresses of devices that obey the IOMMU (LoPAR "ibm,dma-window"). */
struct dma_window {
	uint32_t liobn;
	struct range bus;
};

#define PCI_PHBS_MAX 32	/* QEMU's limit: SPAPR_MAX_PHBS */
struct pci_phb {
	uint64_t buid;
	struct pci_window window[PCI_SPACES];
	struct dma_window dma;
};

struct pci_bar {
	uint64_t size;		/* 0: there is none */
	enum pci_space space;
};

#define PCI_DEPTH 4		/* bridges before a function */
struct pci_function {
	int node;		/* offset in the tree; dies with the first edit */
	uint32_t type;		/* VIRTIO_ID_* */
	struct pci_config config;
	uint32_t phb;		/* index */
	uint32_t bridges;
	uint32_t bridge[PCI_DEPTH];	/* configuration addresses, outermost first */
	struct pci_bar bar[PCI_BARS];
};

/* A bridge that functions in use lie behind: its part of the windows (virtio/bars.c). */
#define PCI_OPEN_MAX 16
struct pci_open_bridge {
	uint32_t phb, address, users;
	uint32_t io, memory, command;	/* what its registers held before */
	struct pci_window window[PCI_SPACES];
};

#define PCI_FUNCTIONS_MAX 256
struct pci_bus {
	uint32_t phbs, functions, open_bridges;
	struct pci_phb phb[PCI_PHBS_MAX];
	struct pci_open_bridge open[PCI_OPEN_MAX];
	struct pci_function function[PCI_FUNCTIONS_MAX];
};

/*
 * bus_find() - all virtio functions, in the order of the tree, by one pass over it.
 * @max: bytes that may be read at @tree
 * Nodes that make no sense are left out with a notice: another device may do.
 * Returns 0, E_TREE_CORRUPT, E_NO_RTAS, E_TOO_MANY or E_PCI.
 */
int bus_find(struct pci_bus *bus, const void *tree, uint64_t max);

#endif /* VIRTIO_BUS_H */
