/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters for the verdict and for uv.trace. */
#ifndef ULTRAVISOR_TRIAL_STATS_H
#define ULTRAVISOR_TRIAL_STATS_H

#include <stdint.h>

struct stats {
	uint64_t hcalls, faults, fetches, illegal, externals, ticks;	/* exits by kind */
	uint64_t refused;	/* hypercalls and RTAS calls */
	uint64_t uvcalls[32];	/* by (number - UV_FIRST) / 4 */
};

extern struct stats stats;

void stats_exit(uint64_t why);
static inline void stats_add(uint64_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

#endif /* ULTRAVISOR_TRIAL_STATS_H */
