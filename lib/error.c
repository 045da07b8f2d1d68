// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/error.h"

#include <stdarg.h>

#include "lib/format.h"
#include "lib/string.h"

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

static const char *next_text(const char *at)
{
	return at + strlen(at) + 1;
}

/* What happened, followed by the advice. */
static const char *find_texts(int number)
{
	for (const char *at = error_texts; *at; at = next_text(next_text(at)))
		if (100 * (at[0] - '0') + 10 * (at[1] - '0') + at[2] - '0' == number)
			return at + 3;
	return "?\0?";
}

const char *error_what(int number)
{
	return find_texts(number);
}

const char *error_hint(int number)
{
	return next_text(find_texts(number));
}
