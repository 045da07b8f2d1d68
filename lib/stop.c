// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/stop.h"

#include <stdbool.h>
#include <stddef.h>

#include "abi/papr.h"
#include "lib/hcall.h"
#include "lib/rtas.h"

/* Until the tree says otherwise: QEMU include/hw/ppc/spapr.h, RTAS_POWER_OFF */
static uint32_t power_off = 0x2003;
static bool hold;

void stop_set_power_off(uint32_t token)
{
	power_off = token;
}

void stop_hold(void)
{
	hold = true;
}

void stop(void)
{
	/* Masks of events that could switch the machine on again: none (LoPAR 7.3.7). */
	const uint32_t no_events[2] = { 0xffffffff, 0xffffffff };

	if (!hold)
		rtas_call(power_off, no_events, 2, NULL, 1);
	for (;;)
		HCALL(H_CEDE);
}
