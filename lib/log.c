// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/log.h"

#include <stdarg.h>
#include <stddef.h>

#include "lib/arch.h"
#include "lib/console.h"
#include "lib/format.h"
#include "lib/string.h"

#define LINE_SIZE 512

static const char *who = "pefboot";
static uint32_t hz = TIMEBASE_HZ;
static enum log_level level_max = LOG_NOTICE;
static uint64_t step_time[STEP_COUNT + 1];

void log_init(const char *name, uint32_t timebase_hz)
{
	who = name;
	if (timebase_hz)
		hz = timebase_hz;
}

void log_set_level(enum log_level level)
{
	level_max = level;
}

bool log_enabled(enum log_level level)
{
	return level <= level_max;
}

const char *step_name(int step)
{
	switch (step) {
#define X(number, name, text) case number: return text;
	STEP_LIST(X)
#undef X
	default: return "?";
	}
}

/* What came from outside must not end the line, move the cursor or pass for another line. */
static void make_printable(char *text, size_t size)
{
	for (; size; size--, text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

uint64_t log_step_time(enum step step)
{
	return step_time[step];
}

static void put_line(const char *head, const char *fmt, va_list args)
{
	char line[LINE_SIZE];
	uint64_t now = timebase();
	size_t start, used;

	used = format(line, sizeof(line) - 1, "[%5lu.%06lu] %s: %s", (unsigned long)(now / hz),
		      (unsigned long)(now % hz * 1000000 / hz), who, head);
	start = used;
	used += vformat(line + used, sizeof(line) - 1 - used, fmt, args);
	make_printable(line + start, used - start);
	line[used++] = '\n';
	console_write(line, used);
}

void log_line(enum log_level level, const char *fmt, ...)
{
	va_list args;

	if (!log_enabled(level))
		return;
	va_start(args, fmt);
	put_line("", fmt, args);
	va_end(args);
}

void log_step(enum step step, const char *fmt, ...)
{
	char head[32];
	va_list args;

	step_time[step] = timebase();
	if (!log_enabled(LOG_NOTICE))
		return;
	format(head, sizeof(head), "%d/%d %s%s", step, STEP_COUNT, step_name(step),
	       *fmt ? " " : "");
	va_start(args, fmt);
	put_line(head, fmt, args);
	va_end(args);
}
