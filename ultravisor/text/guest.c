// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/text/guest.h"

#include "lib/string.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/exec.h"

/* The piece of [gpa, gpa + size) that lies in the first small page. */
static uint64_t piece(uint64_t gpa, uint64_t size)
{
	uint64_t left = SMALL_PAGE - gpa % SMALL_PAGE;

	return size < left ? size : left;
}

bool guest_read(void *to, uint64_t gpa, uint64_t size)
{
	uint8_t *at = to;

	if (!memory_contains(gpa, size))
		return false;
	for (uint64_t part; size; size -= part, gpa += part, at += part) {
		part = piece(gpa, size);
		if (pages_empty(pages_get(&pages, gpa / FRAME_SIZE)))
			memset(at, 0, part);
		else
			memcpy(at, real(memory_resolve(gpa)), part);
		exec_show_original(gpa, at, part);
	}
	return true;
}

bool guest_write(uint64_t gpa, const void *from, uint64_t size)
{
	const uint8_t *at = from;

	if (!memory_contains(gpa, size))
		return false;
	for (uint64_t part; size; size -= part, gpa += part, at += part) {
		part = piece(gpa, size);
		exec_release(gpa);
		memcpy(real(memory_resolve(gpa)), at, part);
	}
	return true;
}
