// SPDX-License-Identifier: GPL-2.0-or-later
/* Hypercalls that carry a device tree: client-architecture-support and H_UPDATE_DT. */
#include "ultravisor/calls/hcall_tree.h"

#include "abi/hcalls.h"
#include "fdt/edit.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/hcall.h"
#include "lib/string.h"
#include "ultravisor/calls/tree.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/text/guest.h"

#define VECTORS_MAX 4096UL	/* QEMU reads up to 512 processors and what follows them */

/*
 * The length byte of vector @number, of those after the list of processors; NULL if there is none.
 */
static uint8_t *find_vector(uint8_t *at, const uint8_t *end, unsigned int number)
{
	unsigned int count;

	/* processors: mask and value; the last one has value bits outside its mask */
	for (;; at += 8) {
		if (end - at < 9)
			return NULL;
		if (~be32_load(at) & be32_load(at + 4))
			break;
	}
	at += 8;
	count = *at++ + 1u;
	if (number > count)
		return NULL;
	while (--number && at < end)
		at += *at + 2;
	return at < end && at + *at + 1 < end ? at : NULL;
}

/* Ask for plain memory nodes, XICS and radix, whatever the guest asks for. */
static void adjust_vectors(uint8_t *vectors, uint64_t size)
{
	uint8_t *ov5 = find_vector(vectors, vectors + size, OV5);

	if (!ov5 || *ov5 + 1 < OV5_MMU || (ov5[OV5_MMU] & OV5_MODE_MASK) != OV5_MODE_NEW)
		uv_fail(E_UV_HASH, "client-architecture-support without radix");
	ov5[OV5_FEATURES] &= (uint8_t)~OV5_DRCONF_MEMORY;
	ov5[OV5_XIVE] &= (uint8_t)~OV5_MODE_MASK;
}

/* gpa of vectors, gpa of the reply, its size. The reply: a version word, then the tree. */
int64_t serve_cas(struct vcpu *vcpu, uint64_t *r)
{
	uint8_t *vectors = platform.spare, *reply = (uint8_t *)platform.tree + 4;
	uint64_t left, size;
	void *tree = reply + 4;
	int64_t rc;
	int frc;

	(void)vcpu;
	if (platform.secure)
		return H_FUNCTION;
	if (!memory_contains(r[0], 1) || !memory_contains(r[1], r[2]) || r[2] < 8)
		return H_PARAMETER;
	left = platform.guest - r[0];
	size = left < VECTORS_MAX ? left : VECTORS_MAX;
	guest_read(vectors, r[0], size);
	adjust_vectors(vectors, size);
	rc = HCALL(KVMPPC_H_CAS, (uintptr_t)vectors, (uintptr_t)reply, TREE_SPACE - 4);
	__asm__ volatile("" : : : "memory");
	if (rc)
		return rc;
	frc = dt_check(tree, TREE_SPACE - 8);
	if (frc == 0)
		frc = dt_open(tree, TREE_SPACE - 8);
	if (frc == 0)
		frc = tree_trim(tree);
	if (frc)
		uv_fail(E_UV_TREE, "client-architecture-support: %s", fdt_strerror(frc));
	size = fdt_totalsize(tree) + 4;
	return size <= r[2] && guest_write(r[1], reply, size) ? H_SUCCESS : H_PARAMETER;
}

int64_t serve_update_dt(struct vcpu *vcpu, uint64_t *r)
{
	struct fdt_header header;

	(void)vcpu;
	if (platform.secure)
		return H_FUNCTION;
	if (!guest_read(&header, r[0], sizeof(header)) || fdt_check_header(&header) ||
	    fdt_totalsize(&header) > TREE_SPACE ||
	    !guest_read(platform.tree, r[0], fdt_totalsize(&header)))
		return H_PARAMETER;
	return HCALL(KVMPPC_H_UPDATE_DT, (uintptr_t)platform.tree);
}
