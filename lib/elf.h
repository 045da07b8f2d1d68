/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading ELF64 files for powerpc, of either byte order, that nothing has vouched for. */
#ifndef LIB_ELF_H
#define LIB_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_segment {
	uint64_t offset, file_size;	/* in the file */
	uint64_t address, memory_size;	/* p_paddr, p_memsz */
};

#define ELF_SEGMENTS_MAX 16
struct elf {
	bool little_endian;
	/* PT_LOAD with memory, sorted by address, none over another */
	uint32_t segments;
	struct elf_segment segment[ELF_SEGMENTS_MAX];
	uint64_t start, end;		/* addresses from the first to past the last */
	/* as an address like those above, inside a segment's file part */
	uint64_t entry;
};

/*
 * elf_parse() - check the headers and keep what loading needs.
 * @head: the first @have bytes of the file, with all program headers
 * @size: bytes of the file
 * Returns 0, E_ELF_KIND (no ELF64, wrong machine or type), E_ELF_SEGMENTS (headers or segments
 * outside the file, around 2^64, over each other, too many, none) or E_ELF_ENTRY.
 */
int elf_parse(struct elf *elf, const void *head, size_t have, uint64_t size);

/*
 * elf_in_place() - do the segments lie in the file as they do in memory, all by the same distance?
 * @align: which the first one's place in the file must have; a power of two
 * @shift: offset of address elf->start in the file, if so
 */
bool elf_in_place(const struct elf *elf, uint64_t align, uint64_t *shift);

/*
 * elf_lay_out() - copy the segments to @to, which stands for elf->start, and clear what no segment
 * fills.
 * @to: elf->end - elf->start bytes, clear of @file
 */
void elf_lay_out(const struct elf *elf, const void *file, void *to);

#endif /* LIB_ELF_H */
