// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: laying out a parsed file writes all of its place and nothing else, with the bytes of the
 *     file where they belong
 * bounds: a place of up to 16 bytes, two segments, a file of 16 bytes
 * sources: lib/elf.c lib/range.c
 * cbmc: --unwind 18
 * run: all
 */
#include "lib/elf.h"

#include "tests/host/prove/prove.h"

#define BYTES 16

static uint8_t file[BYTES], place[BYTES];

int main(void)
{
	struct elf elf = { .segments = 2, .start = any64() };
	uint8_t *to;
	uint64_t size, at = any64();

	/* as elf_parse() leaves it (the harness elf) */
	for (uint32_t i = 0; i < 2; i++) {
		struct elf_segment *segment = &elf.segment[i];

		*segment = (struct elf_segment){ any64(), any64(), any64(), any64() };
		given(segment->offset <= BYTES && segment->file_size <= BYTES - segment->offset);
		given(segment->memory_size > 0 && segment->file_size <= segment->memory_size);
		given(segment->memory_size <= BYTES);
		given(segment->address <= UINT64_MAX - segment->memory_size);
	}
	given(elf.start == elf.segment[0].address);
	given(elf.segment[0].address + elf.segment[0].memory_size <= elf.segment[1].address);
	elf.end = elf.segment[1].address + elf.segment[1].memory_size;
	size = elf.end - elf.start;
	given(size <= BYTES && at < size);
	any_value(file);
	to = any_bytes(place, size);
	elf_lay_out(&elf, file, to);
	for (uint32_t i = 0; i < 2; i++) {
		const struct elf_segment *segment = &elf.segment[i];
		uint64_t in = elf.start + at - segment->address;

		if (elf.start + at >= segment->address && in < segment->memory_size)
			claim(to[at] == (in < segment->file_size ? file[segment->offset + in] : 0));
	}
	if (at >= elf.segment[0].memory_size && elf.start + at < elf.segment[1].address)
		claim(to[at] == 0);
	return 0;
}
