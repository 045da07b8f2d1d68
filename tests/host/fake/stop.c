// SPDX-License-Identifier: GPL-2.0-or-later
/* A file of its own, so that a test of lib/stop.c can link that instead. */
#include "lib/stop.h"

#include "tests/host/fake/fake.h"

void stop(void)
{
	fake.stopped = true;
	fake_leave();
}

void stop_set_power_off(uint32_t token)
{
	fake.power_off = token;
}

void stop_hold(void)
{
	fake.held = true;
}
