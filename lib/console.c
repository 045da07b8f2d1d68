// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/console.h"

#include "abi/papr.h"
#include "lib/endian.h"
#include "lib/hcall.h"
#include "lib/string.h"

#define CHUNK	  16	/* bytes that fit into the two registers of one call */
#define BUSY_TRIES 1000000

static uint32_t termno;
static void (*guard)(bool take);
static void (*also)(void *context, const char *text, size_t size);
static void *also_context;
static char first[1024];	/* what a second console that comes later has missed */
static size_t first_size;

void console_select(uint32_t number)
{
	termno = number;
}

void console_set_guard(void (*function)(bool take))
{
	guard = function;
}

/*
 * Bytes travel in r6 and r7, first byte in the most significant place, whatever the CPU's endian.
 */
static void put_chunk(const char bytes[CHUNK], size_t size)
{
	for (int tries = 0; tries < BUSY_TRIES; tries++)
		if (HCALL(H_PUT_TERM_CHAR, termno, size, be64_load(bytes), be64_load(bytes + 8)) !=
		    H_BUSY)
			return;
}

/* The end of a line, shorter than a chunk, and whether it is one. */
static void put_rest(const char *text, size_t size, bool newline)
{
	char chunk[CHUNK + 2] = { 0 };

	memcpy(chunk, text, size);
	memcpy(chunk + size, "\r\n", 2);
	size += newline ? 2 : 0;
	if (size > CHUNK) {
		put_chunk(chunk, CHUNK - 1);
		memmove(chunk, chunk + CHUNK - 1, 2);
		size = 2;
	}
	if (size)
		put_chunk(chunk, size);
}

static void put_text(const char *text, size_t size)
{
	while (size) {
		const char *newline = memchr(text, '\n', size);
		size_t run = newline ? (size_t)(newline - text) : size;

		size -= run + (newline ? 1 : 0);
		for (; run >= CHUNK; run -= CHUNK, text += CHUNK)
			put_chunk(text, CHUNK);
		put_rest(text, run, newline);
		text += run + 1;
	}
}

void console_write(const char *text, size_t size)
{
	if (guard)
		guard(true);
	put_text(text, size);
	if (also)
		also(also_context, text, size);
	else if (size <= sizeof(first) - first_size) {
		memcpy(first + first_size, text, size);
		first_size += size;
	}
	if (guard)
		guard(false);
}

void console_also(void (*put)(void *context, const char *text, size_t size), void *context)
{
	also = put;
	also_context = context;
	if (put)
		put(context, first, first_size);
}
