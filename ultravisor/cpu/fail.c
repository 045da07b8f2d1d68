// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/cpu/fail.h"

#include <stdarg.h>

#include "lib/fail.h"
#include "lib/format.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "ultravisor/cpu/smp.h"

void uv_report(int number, const char *text)
{
	log_error("FAIL E%d %s: %s", number, error_what(number), text);
	log_error("hint: %s", error_hint(number));
	log_error("EXIT %d", number);
}

void uv_fail(int number, const char *fmt, ...)
{
	char text[200];
	va_list args;

	va_start(args, fmt);
	vformat(text, sizeof(text), fmt, args);
	va_end(args);
	uv_report(number, text);
	smp_gather();		/* QEMU does not survive a reset while a CPU is in the guest */
	stop();
}
