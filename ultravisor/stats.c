// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/stats.h"

#include "abi/nested.h"

struct stats stats;

void stats_exit(uint64_t why)
{
	switch (why) {
	case EXIT_HCALL:
		stats_add(&stats.hcalls);
		break;
	case EXIT_HDSI:
		stats_add(&stats.faults);
		break;
	case EXIT_HISI:
		stats_add(&stats.fetches);
		break;
	case EXIT_HEAI:
		stats_add(&stats.illegal);
		break;
	case EXIT_EXTERNAL:
		stats_add(&stats.externals);
		break;
	default:
		stats_add(&stats.ticks);
	}
}
