// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/trial/stats.h"

#include "abi/nested.h"

struct stats stats;

void stats_exit(uint64_t why)
{
	stats_add(why == EXIT_HCALL ? &stats.hcalls : why == EXIT_HDSI ? &stats.faults :
		  why == EXIT_HISI ? &stats.fetches : why == EXIT_HEAI ? &stats.illegal :
		  why == EXIT_EXTERNAL ? &stats.externals : &stats.ticks);
}
