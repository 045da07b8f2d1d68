// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/text/walk.h"

#include "abi/nested.h"
#include "abi/power.h"
#include "lib/endian.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/text/guest.h"

#define REAL_MODE_MASK 0x3fffffffffffffffUL	/* the two top bits are the quadrant */
#define QUADRANT(ea)   ((ea) >> 62)
#define LEVELS_MAX    5

static bool read_u64(uint64_t gpa, uint64_t *value)
{
	be64 raw;

	if (!guest_read(&raw, gpa, sizeof(raw)))
		return false;
	*value = be64_get(raw);
	return true;
}

/* Effective addresses of quadrant 0 belong to the process, of quadrant 3 to the kernel (PID 0). */
static bool read_root_entry(const struct vcpu *vcpu, uint64_t ea, uint64_t *entry)
{
	uint64_t table = radix_process_table() & PRTB_MASK;
	uint64_t pid = QUADRANT(ea) == 0 ? vcpu->hv.pidr & 0xffffffff : 0;

	return (QUADRANT(ea) == 0 || QUADRANT(ea) == 3) && read_u64(table + 16 * pid, entry);
}

bool walk(const struct vcpu *vcpu, uint64_t ea, bool fetch, uint64_t *gpa)
{
	uint64_t entry, shift, bits, table, index;

	if (!(vcpu->regs.msr & (fetch ? MSR_IR : MSR_DR))) {
		*gpa = ea & REAL_MODE_MASK;
		return true;
	}
	if (!read_root_entry(vcpu, ea, &entry))
		return false;
	/* RTS: log2 of the table's reach less 31, split over bits 1:2 and 56:58 */
	shift = 31 + ((((entry >> 61) & 3) << 3) | ((entry >> 5) & 7));
	for (int level = 0; level < LEVELS_MAX; level++) {
		bits = entry & PDE_BITS;
		table = entry & PDE_BASE;
		if (bits > shift || bits == 0)
			return false;
		shift -= bits;
		index = (ea & REAL_MODE_MASK) >> shift & ((1UL << bits) - 1);
		if (!read_u64(table + 8 * index, &entry) || !(entry & PDE_VALID))
			return false;
		if (entry & PTE_LEAF) {
			uint64_t offset = (1UL << shift) - 1;

			*gpa = (entry & PTE_BASE & ~offset) | (ea & offset);
			return true;
		}
	}
	return false;
}
