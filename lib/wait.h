/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a device may take: five seconds without any progress. */
#ifndef LIB_WAIT_H
#define LIB_WAIT_H

#include <stdbool.h>

#include "lib/arch.h"

#define WAIT_SECONDS 5
#define WAIT_TICKS   (WAIT_SECONDS * TIMEBASE_HZ)

static inline bool waited_too_long(uint64_t since)
{
	return timebase() - since > WAIT_TICKS;
}

#endif /* LIB_WAIT_H */
