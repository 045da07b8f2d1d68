// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/place.h"

#include "lib/fail.h"

#define VECTORS 0x10000UL	/* low memory, where exceptions go */

int place_find(struct range *place, const struct machine *machine, struct ranges *taken,
	       uint64_t size, uint64_t align, int none)
{
	const bool limited = machine->limit < REAL_MODE_CEILING;
	struct range space = ranges_low(&machine->outline.memory,
					limited ? machine->limit : REAL_MODE_CEILING);
	bool noted = ranges_add(taken, machine->home.all);

	for (size_t i = 0; i < machine->reserved.count; i++)
		noted &= ranges_add(taken, machine->reserved.item[i]);
	if (!noted)
		return error(E_TOO_MANY, "over %d memory reservations", RANGES_MAX);
	space.start = VECTORS;
	if (space.end <= VECTORS || !range_find_top(place, space, size, align, taken))
		return error(limited ? E_MEM_LIMIT : none, "%lu KiB below 0x%lx", size >> 10,
			     space.end);
	return 0;
}
