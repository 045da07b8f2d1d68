// SPDX-License-Identifier: GPL-2.0-or-later
/* Hypercalls that name memory, done on the guest's view of it. Windows of devices are forwarded. */
#include "ultravisor/calls/hcall_memory.h"

#include "abi/hcalls.h"
#include "lib/endian.h"
#include "lib/hcall.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/text/guest.h"

/* Bytes that one KVMPPC_H_LOGICAL_MEMOP may move: SLOF scrolls a framebuffer with it. */
#define MEMOP_MAX (16UL << 20)

#define TCE_RIGHTS   3UL	/* read, write: LoPAR 14.5.4.2.1 */
#define TCES_MAX    512	/* entries of a list: one page */

static bool page_ok(uint64_t gpa)
{
	return gpa % SMALL_PAGE == 0 && memory_contains(gpa, SMALL_PAGE);
}

int64_t serve_page_init(struct vcpu *vcpu, uint64_t *r)
{
	static uint8_t page[SMALL_PAGE];
	uint64_t flags = r[0], to = r[1], from = r[2];

	(void)vcpu;
	if (!page_ok(to) || ((flags & H_COPY_PAGE) && !page_ok(from)))
		return H_PARAMETER;
	if (flags & H_COPY_PAGE) {
		guest_read(page, from, SMALL_PAGE);
		guest_write(to, page, SMALL_PAGE);
	} else if (flags & H_ZERO_PAGE) {
		exec_release(to);
		real_zero(memory_resolve(to), SMALL_PAGE);
	}
	return H_SUCCESS;
}

/* 1, 2, 4 or 8 bytes of memory, big-endian; false outside memory. */
static bool memory_load(uint64_t size, uint64_t gpa, uint64_t *value)
{
	uint8_t bytes[8] = { 0 };

	if (!guest_read(bytes + 8 - size, gpa, size))
		return false;
	*value = be64_load(bytes);
	return true;
}

static bool memory_store(uint64_t size, uint64_t gpa, uint64_t value)
{
	uint8_t bytes[8];

	be64_store(bytes, value);
	return guest_write(gpa, bytes + 8 - size, size);
}

static bool size_ok(uint64_t size, uint64_t gpa)
{
	return (size == 1 || size == 2 || size == 4 || size == 8) && gpa % size == 0;
}

static int64_t load_element(uint64_t size, uint64_t gpa, uint64_t *value)
{
	const uint64_t in[HCALL_REGS] = { size, gpa };
	uint64_t out[HCALL_REGS] = { 0 };
	int64_t rc;

	if (!size_ok(size, gpa))
		return H_PARAMETER;
	if (memory_load(size, gpa, value))
		return H_SUCCESS;
	if (!memory_is_device(gpa, size))
		return H_PARAMETER;
	rc = hcall(H_LOGICAL_CI_LOAD, in, out);
	*value = out[0];
	return rc;
}

static int64_t store_element(uint64_t size, uint64_t gpa, uint64_t value)
{
	if (!size_ok(size, gpa))
		return H_PARAMETER;
	if (memory_store(size, gpa, value))
		return H_SUCCESS;
	if (!memory_is_device(gpa, size))
		return H_PARAMETER;
	return HCALL(H_LOGICAL_CI_STORE, size, gpa, value);
}

int64_t serve_ci_load(struct vcpu *vcpu, uint64_t *r)
{
	(void)vcpu;
	return load_element(r[0], r[1], &r[0]);
}

int64_t serve_ci_store(struct vcpu *vcpu, uint64_t *r)
{
	(void)vcpu;
	return store_element(r[0], r[1], r[2]);
}

int64_t serve_cache_load(struct vcpu *vcpu, uint64_t *r)
{
	(void)vcpu;
	return size_ok(r[0], r[1]) && memory_load(r[0], r[1], &r[0]) ? H_SUCCESS : H_PARAMETER;
}

int64_t serve_cache_store(struct vcpu *vcpu, uint64_t *r)
{
	(void)vcpu;
	return size_ok(r[0], r[1]) && memory_store(r[0], r[1], r[2]) ? H_SUCCESS : H_PARAMETER;
}

static bool memop_range_ok(uint64_t gpa, uint64_t bytes)
{
	return memory_contains(gpa, bytes) || memory_is_device(gpa, bytes);
}

/* QEMU hw/ppc/spapr_hcall.c h_logical_memop(): backwards where the ranges overlap; 1 inverts */
int64_t serve_memop(struct vcpu *vcpu, uint64_t *r)
{
	uint64_t to = r[0], from = r[1], log = r[2], count = r[3], invert = r[4], size, value;
	int64_t step, rc = H_SUCCESS;

	(void)vcpu;
	if (log > 3 || invert > 1 || count > MEMOP_MAX >> log)
		return H_PARAMETER;
	size = 1UL << log;
	step = (int64_t)size;
	if (!size_ok(size, to) || !size_ok(size, from) || !memop_range_ok(to, count << log) ||
	    !memop_range_ok(from, count << log))
		return H_PARAMETER;
	if (count && to >= from && to - from < count << log) {
		to += (count - 1) << log;
		from += (count - 1) << log;
		step = -step;
	}
	for (; count && rc == H_SUCCESS; count--) {
		rc = load_element(size, from, &value);
		if (rc == H_SUCCESS)
			rc = store_element(size, to, invert ? ~value : value);
		to += (uint64_t)step;
		from += (uint64_t)step;
	}
	return rc;
}

/* Does a translation point into the guest's memory, or nowhere? */
static bool tce_ok(uint64_t tce)
{
	return !(tce & TCE_RIGHTS) || memory_contains(tce & ~(SMALL_PAGE - 1), SMALL_PAGE);
}

int64_t serve_put_tce(struct vcpu *vcpu, uint64_t *r)
{
	(void)vcpu;
	return tce_ok(r[2]) ? HCALL(H_PUT_TCE, r[0], r[1], r[2]) : H_PARAMETER;
}

int64_t serve_stuff_tce(struct vcpu *vcpu, uint64_t *r)
{
	(void)vcpu;
	return tce_ok(r[2]) ? HCALL(H_STUFF_TCE, r[0], r[1], r[2], r[3]) : H_PARAMETER;
}

/*
 * The list of a secure guest must lie in shared memory: the real ultravisor passes its address on,
 * and the hypervisor would read zeros (docs/ultravisor.md).
 */
int64_t serve_put_tce_indirect(struct vcpu *vcpu, uint64_t *r)
{
	uint64_t list = r[2], count = r[3];
	uint8_t *bounce = real(LOW_BOUNCE);

	(void)vcpu;
	if (!page_ok(list) || count > TCES_MAX)
		return H_PARAMETER;
	if (platform.secure && pages_in_slot(pages_get(&pages, list / FRAME_SIZE)))
		return H_PARAMETER;
	guest_read(bounce, list, SMALL_PAGE);
	for (uint64_t i = 0; i < count; i++)
		if (!tce_ok(be64_load(bounce + 8 * i)))
			return H_PARAMETER;
	return HCALL(H_PUT_TCE_INDIRECT, r[0], r[1], LOW_BOUNCE, count);
}
