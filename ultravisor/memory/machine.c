// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/memory/machine.h"

struct machine machine;

uint64_t own_alloc(uint64_t size, uint64_t align)
{
	uint64_t start = (machine.own_used + align - 1) & ~(align - 1), end;

	if (__builtin_add_overflow(start, size, &end) || end > machine.own.end)
		return 0;
	machine.own_used = end;
	return start;
}

uint64_t microseconds(uint64_t ticks)
{
	return ticks * 1000000 / machine.timebase_hz;
}
