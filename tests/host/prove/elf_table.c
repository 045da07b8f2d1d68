// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: wherever a file says that its program headers are: none outside of what is there is read,
 *     and what is no ELF file is refused by what is there of it
 * bounds: any header, any number of program headers anywhere, in heads of up to 130 bytes
 * sources: lib/range.c
 * cbmc: --unwind 4 --slice-formula
 * run: all
 */
#include "lib/elf.c"

#include "tests/host/prove/prove.h"

static uint8_t bytes[130];

int main(void)
{
	uint64_t have = any64();
	struct elf elf;

	given(have <= sizeof(bytes));
	if (elf_parse(&elf, any_bytes(bytes, have), have, any64()) == 0)
		claim(elf.segments >= 1 && elf.segments <= have / PHDR_SIZE && elf.entry >= elf.start);
	return 0;
}
