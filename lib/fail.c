// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/fail.h"

#include <stdarg.h>

#include "lib/format.h"
#include "lib/log.h"
#include "lib/stop.h"

static char text[256];

int error(int number, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vformat(text, sizeof(text), fmt, args);
	va_end(args);
	return number;
}

const char *error_text(void)
{
	return text;
}

const char *error_what(int number)
{
	switch (number) {
#define X(number, name, what, hint) case number: return what;
	ERROR_LIST(X)
#undef X
	default: return "?";
	}
}

const char *error_hint(int number)
{
	switch (number) {
#define X(number, name, what, hint) case number: return hint;
	ERROR_LIST(X)
#undef X
	default: return "?";
	}
}

void fail(int number)
{
	int step = number / 100;

	log_error("FAIL %d/%d %s E%d %s%s%s", step, STEP_COUNT, step_name(step), number,
		  error_what(number), *text ? ": " : "", text);
	log_error("hint: %s", error_hint(number));
	log_error("EXIT %d", number);
	stop();
}
