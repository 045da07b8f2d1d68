// SPDX-License-Identifier: GPL-2.0-or-later
/* Any file as a kernel; laid out into memory of exactly its size, so that each stray byte shows. */
#include "lib/elf.h"
#include "lib/kernel.h"
#include "tests/host/fuzz/fuzz.h"

#define MOST 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf elf;
	uint64_t shift, span;
	uint8_t *to;
	bool little;

	if (elf_parse(&elf, data, size, size))
		return 0;
	span = elf.end - elf.start;
	MUST(elf.end > elf.start && elf.segments > 0 && elf.segments <= ELF_SEGMENTS_MAX);
	MUST(elf.entry >= elf.start && elf.entry < elf.end);
	for (uint32_t i = 1; i < elf.segments; i++)
		MUST(elf.segment[i - 1].address + elf.segment[i - 1].memory_size <= elf.segment[i].address);
	if (elf_in_place(&elf, 1, &shift))
		MUST(shift + elf.segment[0].file_size <= size);
	if (span > MOST)
		return 0;
	to = malloc(span);
	elf_lay_out(&elf, data, to);
	kernel_recognise(to, span, &little);
	free(to);
	return 0;
}
