// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/memory/platform.h"

struct platform platform;

uint64_t own_alloc(uint64_t size, uint64_t align)
{
	uint64_t start = (platform.own_used + align - 1) & ~(align - 1), end;

	if (__builtin_add_overflow(start, size, &end) || end > platform.own.end)
		return 0;
	platform.own_used = end;
	return start;
}

uint64_t microseconds(uint64_t ticks)
{
	return ticks * 1000000 / platform.timebase_hz;
}
