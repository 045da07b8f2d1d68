/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pefboot wants to know of a pseries tree, read in one pass that checks the whole of it. */
#ifndef FDT_OUTLINE_H
#define FDT_OUTLINE_H

#include <stdint.h>

#include "lib/range.h"

#define DT_PHBS_MAX	32	/* QEMU's limit: include/hw/ppc/spapr.h SPAPR_MAX_PHBS */
#define DT_BRIDGES_MAX 64

struct dt_phb {
	int node;
	uint64_t buid;		/* first two cells of "reg": the unit id by which RTAS knows it */
};

struct dt_bridge {
	int node;
	uint32_t address;	/* config address: bus in bits 16-23, device and function in 8-15 */
	uint32_t phb;		/* index */
};

/* What a child of the root is, and so what lies below it. */
enum dt_kind { DT_OTHER, DT_MEMORY, DT_DYNAMIC_MEMORY, DT_CPUS, DT_PHB, DT_VDEVICE };

/* What a reader asks for: the fields above "full", or all. */
enum dt_scope { DT_BRIEF, DT_FULL };

struct dt_outline {
	struct ranges memory;	/* neighbours joined, none overlapping */
	int chosen, rtas;	/* nodes, or -FDT_ERR_NOTFOUND */
	uint32_t phbs;
	struct dt_phb phb[DT_PHBS_MAX];
	/* memory nodes say what a crash kernel may use (Linux arch/powerpc/kexec/file_load_64.c) */
	bool crash;
	enum dt_kind kind;	/* where reading stopped, if it failed */

	/* full */
	int nvram;		/* a node of /vdevice, or -FDT_ERR_NOTFOUND */
	bool tpm;		/* there is a node for dt_find_tpm() */
	uint32_t cpus, timebase_hz;	/* of the first cpu; 0 if it does not say */
	uint32_t bridges, pci_devices;
	uint32_t helpers;	/* PCI devices that may be virtio-rng or virtio-console */
	struct dt_bridge bridge[DT_BRIDGES_MAX];	/* PCI-PCI bridges, in tree order */
};

/*
 * dt_outline() - check a tree and read it.
 * @max: bytes that may be read at @fdt
 * @scope: DT_BRIEF leaves the fields from "full" on as if there were nothing of the kind
 * Memory: "reg" of /memory@*, and the assigned blocks of /ibm,dynamic-reconfiguration-memory in
 * both forms (LoPAR C.6.6.2). Returns 0, an error of dt_walk_start() or dt_walk_next(), or
 * -FDT_ERR_BADNCELLS (root cells over 2), -FDT_ERR_BADVALUE (memory that wraps or overlaps, or a
 * malformed property; outline->kind says of what), -FDT_ERR_NOSPACE (more ranges, bridges or host
 * bridges than there is room for).
 */
int dt_outline(struct dt_outline *outline, const void *fdt, uint64_t max, enum dt_scope scope);

#endif /* FDT_OUTLINE_H */
