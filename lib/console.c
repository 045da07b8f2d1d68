// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/console.h"

#include "abi/papr.h"
#include "lib/endian.h"
#include "lib/hcall.h"

#define CHUNK	  16	/* bytes that fit into the two registers of one call */
#define BUSY_TRIES 1000000

static uint32_t termno;
static void (*guard)(bool take);

void console_select(uint32_t number)
{
	termno = number;
}

void console_set_guard(void (*function)(bool take))
{
	guard = function;
}

/* Bytes travel in r6 and r7, first byte in the most significant place, whatever the CPU's endian. */
static void put_chunk(const char bytes[CHUNK], size_t size)
{
	for (int tries = 0; tries < BUSY_TRIES; tries++)
		if (HCALL(H_PUT_TERM_CHAR, termno, size, be64_load(bytes), be64_load(bytes + 8)) !=
		    H_BUSY)
			return;
}

static void write(const char *text, size_t size)
{
	char chunk[CHUNK] = { 0 };
	size_t used = 0;

	for (size_t i = 0; i < size; i++) {
		if (used > CHUNK - 2) {
			put_chunk(chunk, used);
			used = 0;
		}
		if (text[i] == '\n')
			chunk[used++] = '\r';
		chunk[used++] = text[i];
	}
	if (used)
		put_chunk(chunk, used);
}

void console_write(const char *text, size_t size)
{
	if (guard)
		guard(true);
	write(text, size);
	if (guard)
		guard(false);
}
