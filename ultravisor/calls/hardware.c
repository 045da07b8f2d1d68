// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/hardware.h"

#include <stdarg.h>
#include <stddef.h>

#include "lib/format.h"
#include "lib/log.h"

#define SAID_MAX 16

void hardware_down(const char *fmt, ...)
{
	static unsigned int said;
	char why[100];
	va_list args;

	if (said >= SAID_MAX)
		return;
	said++;
	va_start(args, fmt);
	vformat(why, sizeof(why), fmt, args);
	va_end(args);
	log_notice("real=machine-down why=\"%s\"", why);
}

/* The numbers of hcall_regs_table, without those that are "not used" there; multiples of 4. */
static const struct {
	uint16_t first, last;
} known[] = {
	{ 0x004, 0x02c }, { 0x03c, 0x040 }, { 0x054, 0x058 }, { 0x060, 0x07c }, { 0x0dc, 0x108 },
	{ 0x110, 0x124 }, { 0x130, 0x13c }, { 0x14c, 0x158 }, { 0x1c8, 0x1c8 }, { 0x1d4, 0x1d8 },
	{ 0x244, 0x244 }, { 0x298, 0x298 }, { 0x2a4, 0x2a8 }, { 0x2b0, 0x2b0 }, { 0x2b8, 0x2b8 },
	{ 0x2d0, 0x2d4 }, { 0x2dc, 0x2ec }, { 0x2f4, 0x2f4 }, { 0x2fc, 0x304 }, { 0x314, 0x314 },
	{ 0x31c, 0x31c }, { 0x328, 0x328 }, { 0x358, 0x358 }, { 0x36c, 0x370 }, { 0x37c, 0x380 },
	{ 0x3a8, 0x3ac }, { 0x3b4, 0x3b8 }, { 0x3c8, 0x3d0 }, { 0x3e4, 0x3f0 }, { 0xef00, 0xef0c },
	{ 0xf000, 0xf000 }, { 0xf078, 0xf080 }, { 0xf800, 0xf80c },
};

bool hardware_knows_hcall(uint64_t number)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (number >= known[i].first && number <= known[i].last)
			return number % 4 == 0;
	return false;
}
