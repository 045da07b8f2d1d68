// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: a segment that is accepted lies in the file and wraps nowhere; it is put where segments
 *     go on ascending and overlap nowhere; the entry is that of a segment, inside its bytes
 * bounds: any program header of either byte order, of a file of any size; up to three segments
 *     before it, anywhere, so any number of them in any order
 * smaller: lib/elf.h:ELF_SEGMENTS_MAX=4
 * sources: lib/range.c
 * cbmc: --unwind 6 --slice-formula
 * run: all
 */
#include "lib/elf.c"

#include "tests/host/prove/prove.h"

static uint8_t header[PHDR_SIZE];

/* What the list is before and after: @at is the one that is looked at. */
static bool is_sound(const struct elf *elf, uint32_t at, uint64_t size)
{
	const struct elf_segment *one = &elf->segment[at];

	return one->memory_size > 0 && one->file_size <= one->memory_size &&
	       one->offset <= size && one->file_size <= size - one->offset &&
	       one->address <= UINT64_MAX - one->memory_size &&
	       (at == 0 || one[-1].address + one[-1].memory_size <= one->address);
}

static bool is_entry(const struct elf *elf)
{
	bool inside = elf->entry == UINT64_MAX;

	for (uint32_t i = 0; i < elf->segments; i++)
		inside |= elf->entry >= elf->segment[i].address &&
			  elf->entry - elf->segment[i].address < elf->segment[i].file_size;
	return inside;
}

int main(void)
{
	struct elf elf = { .little_endian = any_bool(), .entry = any64(), .segments = any8() & 3 };
	uint64_t size = any64();
	uint32_t before = elf.segments;

	for (uint32_t i = 0; i < before; i++) {
		elf.segment[i] = (struct elf_segment){ any64(), any64(), any64(), any64() };
		given(is_sound(&elf, i, size));
	}
	given(is_entry(&elf));
	any_value(header);
	if (add_segment(&elf, header, size, any64()))
		return 0;
	claim(elf.segments == before || elf.segments == before + 1);
	for (uint32_t i = 0; i < elf.segments; i++)
		claim(is_sound(&elf, i, size));
	claim(is_entry(&elf));
	return 0;
}
