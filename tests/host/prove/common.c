// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What all harnesses are linked with: values, and what the sources end up in that is no matter of
 * theirs. Functions of the C library that are missing here are cbmc's, which check their arguments.
 */
#include "lib/error.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "tests/host/prove/prove.h"

bool any_bool(void)
{
	bool value;

	return value;
}

uint8_t any8(void)
{
	uint8_t value;

	return value;
}

uint16_t any16(void)
{
	uint16_t value;

	return value;
}

uint32_t any32(void)
{
	uint32_t value;

	return value;
}

uint64_t any64(void)
{
	uint64_t value;

	return value;
}

int error(int number, const char *fmt, ...)
{
	(void)fmt;
	return number;
}

/* A bug of our own */
void check_failed(const char *file, int line, const char *condition)
{
	(void)file;
	(void)line;
	(void)condition;
	__CPROVER_assert(false, "a check() of the sources holds");
	__CPROVER_assume(false);
}

bool log_enabled(enum log_level level)
{
	(void)level;
	return any_bool();
}

void log_line(enum log_level level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
}

void *memchr(const void *in, int byte, size_t size)
{
	const uint8_t *at = in;

	for (size_t i = 0; i < size; i++)
		if (at[i] == (uint8_t)byte)
			return (void *)(at + i);
	return NULL;
}

size_t strnlen(const char *text, size_t max)
{
	size_t size = 0;

	while (size < max && text[size])
		size++;
	return size;
}
