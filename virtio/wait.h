/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a device may take: five seconds without any progress. */
#ifndef VIRTIO_WAIT_H
#define VIRTIO_WAIT_H

#include <stdbool.h>

#include "lib/arch.h"

/*
 * The time base of every POWER server, and QEMU's (hw/ppc/spapr.c SPAPR_TIMEBASE_FREQ), runs at 512
 * MHz.
 */
#define WAIT_SECONDS 5
#define WAIT_TICKS   (WAIT_SECONDS * 512000000UL)

static inline bool waited_too_long(uint64_t since)
{
	return timebase() - since > WAIT_TICKS;
}

#endif /* VIRTIO_WAIT_H */
