/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The platform as L1 sees it and as it divides it:
 *
 *	0		64 KiB		L1's vectors (the guest's first 64 KiB lie in their slot)
 *	64 KiB		guest		the guest's normal memory: what QEMU and devices reach
 *	guest		outside		normal memory that is not the guest's: uv.evil=memory
 *	own.start	own.end		the ultravisor: image, tables, workspaces
 *	slots		memory		secure memory: guest real address a lies at slots + a
 */
#ifndef ULTRAVISOR_MEMORY_PLATFORM_H
#define ULTRAVISOR_MEMORY_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/papr.h"	/* TREE_SPACE */
#include "lib/range.h"

#define CPUS_MAX 64

struct platform {
	uint64_t memory, guest, slots;	/* bytes; bytes; real address */
	uint64_t outside;		/* bytes of normal memory behind the guest's end: trial/ */
	struct range own;
	uint64_t own_used;		/* own.start .. own_used is in use */
	struct ranges mmio;		/* windows of the PCI host bridges */
	uint32_t cpus, timebase_hz;
	uint32_t server[CPUS_MAX];	/* interrupt server number of each CPU */
	bool swap;			/* QEMU's host is little-endian */
	bool secure;			/* UV_ESM has worked */
	uint32_t cpus_secure;		/* as many CPUs as a secure guest may start */
	struct range rtas_frames;	/* those of the ultravisor's that are shared for RTAS */
	bool implicit_maps;		/* the guest may touch what the ultravisor shares */
	void *tree, *spare;		/* workspaces of TREE_SPACE */
};

extern struct platform platform;

/* Allocate @size bytes of our own memory, never to be freed; 0 if there is no more. */
uint64_t own_alloc(uint64_t size, uint64_t align);

/* Time base ticks as microseconds. */
uint64_t microseconds(uint64_t ticks);

#endif /* ULTRAVISOR_MEMORY_PLATFORM_H */
