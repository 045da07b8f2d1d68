// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/handler.h"

#include "lib/format.h"

const char *call_name(char text[CALL_NAME], const char *known, uint64_t number)
{
	if (known && *known != '?')
		return known;
	format(text, CALL_NAME, "0x%lx", (unsigned long)number);
	return text;
}
