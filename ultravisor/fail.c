// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/fail.h"

#include <stdarg.h>

#include "lib/format.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "ultravisor/smp.h"

void uv_report(int number, const char *text)
{
	static const struct {
		int number;
		const char *what, *hint;
	} errors[] = {
#define X(number, name, what, hint) { number, what, hint },
		UV_ERROR_LIST(X)
#undef X
	};
	size_t i = 0;

	while (errors[i].number != number)
		i++;
	log_error("FAIL E%d %s: %s", number, errors[i].what, text);
	log_error("hint: %s", errors[i].hint);
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
