// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/elf.h"

#include "lib/endian.h"
#include "lib/error.h"
#include "lib/range.h"
#include "lib/string.h"

/* System V ABI, chapters 4 and 5; offsets of ELF64 structures */
#define GZIP		0x1f8b	/* RFC 1952 2.3.1 */
#define EI_CLASS	4
#define ELFCLASS64	2
#define EI_DATA		5
#define ELFDATA2LSB	1
#define ELFDATA2MSB	2
#define ET_EXEC		2
#define ET_DYN		3
#define EM_PPC64	21
#define EHDR_SIZE	64
#define E_TYPE		16
#define E_MACHINE	18
#define E_ENTRY		24
#define E_PHOFF		32
#define E_PHENTSIZE	54
#define E_PHNUM		56
#define PHDR_SIZE	56
#define PT_LOAD		1
#define P_TYPE		0
#define P_OFFSET	8
#define P_VADDR		16
#define P_PADDR		24
#define P_FILESZ	32
#define P_MEMSZ		40

#define GET(bits)                                                          \
	static uint##bits##_t get##bits(const struct elf *elf, const uint8_t *at) \
	{                                                                  \
		return elf->little_endian ? le##bits##_load(at) : be##bits##_load(at); \
	}

GET(16)
GET(32)
GET(64)

static int check_kind(struct elf *elf, const uint8_t *head, size_t have)
{
	uint32_t type, machine;

	if (have >= 2 && be16_load(head) == GZIP)
		return error(E_ELF_KIND, "compressed by gzip: unpack it first");
	if (have < EHDR_SIZE || be32_load(head) != 0x7f454c46)
		return error(E_ELF_KIND, "no ELF file: it starts with %08x",
			     have < 4 ? 0 : be32_load(head));
	if (head[EI_CLASS] != ELFCLASS64)
		return error(E_ELF_KIND, "ELF class %u is not 64-bit", head[EI_CLASS]);
	if (head[EI_DATA] != ELFDATA2LSB && head[EI_DATA] != ELFDATA2MSB)
		return error(E_ELF_KIND, "byte order %u", head[EI_DATA]);
	elf->little_endian = head[EI_DATA] == ELFDATA2LSB;
	type = get16(elf, head + E_TYPE);
	machine = get16(elf, head + E_MACHINE);
	if (machine != EM_PPC64)
		return error(E_ELF_KIND, "machine %u is not 64-bit powerpc", machine);
	if (type != ET_EXEC && type != ET_DYN)
		return error(E_ELF_KIND, "type %u is not an executable", type);
	return 0;
}

/* Keep the list sorted; the new one must fit between its neighbours. */
static int insert_segment(struct elf *elf, const struct elf_segment *segment)
{
	struct elf_segment *list = elf->segment;
	uint32_t at = elf->segments;
	uint64_t end = segment->address + segment->memory_size;

	if (elf->segments == ELF_SEGMENTS_MAX)
		return error(E_ELF_SEGMENTS, "over %d segments", ELF_SEGMENTS_MAX);
	while (at > 0 && list[at - 1].address > segment->address)
		at--;
	if ((at > 0 && list[at - 1].address + list[at - 1].memory_size > segment->address) ||
	    (at < elf->segments && end > list[at].address))
		return error(E_ELF_SEGMENTS, "the one at 0x%lx overlaps another", segment->address);
	for (uint32_t i = elf->segments++; i > at; i--)
		list[i] = list[i - 1];
	list[at] = *segment;
	return 0;
}

static int add_segment(struct elf *elf, const uint8_t *header, uint64_t size, uint64_t entry)
{
	const struct elf_segment segment = { get64(elf, header + P_OFFSET),
					     get64(elf, header + P_FILESZ),
					     get64(elf, header + P_PADDR),
					     get64(elf, header + P_MEMSZ) };
	uint64_t virtual = get64(elf, header + P_VADDR);
	struct range in_file, in_memory;

	if (segment.memory_size == 0)
		return 0;
	if (!range_make(&in_file, segment.offset, segment.file_size) || in_file.end > size)
		return error(E_ELF_SEGMENTS, "the one at 0x%lx lies outside the file",
			     segment.address);
	if (!range_make(&in_memory, segment.address, segment.memory_size) ||
	    segment.file_size > segment.memory_size)
		return error(E_ELF_SEGMENTS, "the one at 0x%lx has 0x%lx bytes of 0x%lx",
			     segment.address, segment.file_size, segment.memory_size);
	/* The entry is a virtual address; the segment that holds it says which real one. */
	if (elf->entry == UINT64_MAX && entry >= virtual && entry - virtual < segment.file_size)
		elf->entry = segment.address + (entry - virtual);
	return insert_segment(elf, &segment);
}

int elf_parse(struct elf *elf, const void *file, size_t have, uint64_t size)
{
	const uint8_t *head = file;
	uint64_t table, entry;
	uint32_t count;
	int rc;

	*elf = (struct elf){ .entry = UINT64_MAX };
	rc = check_kind(elf, head, have);
	if (rc)
		return rc;
	table = get64(elf, head + E_PHOFF);
	count = get16(elf, head + E_PHNUM);
	entry = get64(elf, head + E_ENTRY);
	if (get16(elf, head + E_PHENTSIZE) != PHDR_SIZE || table > have ||
	    count > (have - table) / PHDR_SIZE)
		return error(E_ELF_SEGMENTS, "%u program headers at 0x%lx", count, table);
	for (uint32_t i = 0; rc == 0 && i < count; i++)
		if (get32(elf, head + table + i * PHDR_SIZE + P_TYPE) == PT_LOAD)
			rc = add_segment(elf, head + table + i * PHDR_SIZE, size, entry);
	if (rc)
		return rc;
	if (elf->segments == 0)
		return error(E_ELF_SEGMENTS, "there are none to load");
	if (elf->entry == UINT64_MAX)
		return error(E_ELF_ENTRY, "0x%lx", entry);
	elf->start = elf->segment[0].address;
	elf->end = elf->segment[elf->segments - 1].address +
		   elf->segment[elf->segments - 1].memory_size;
	return 0;
}

bool elf_in_place(const struct elf *elf, uint64_t align, uint64_t *shift)
{
	*shift = elf->segment[0].offset;
	if (*shift & (align - 1))
		return false;
	for (uint32_t i = 1; i < elf->segments; i++)
		if (elf->segment[i].offset - *shift != elf->segment[i].address - elf->start)
			return false;
	return true;
}

void elf_lay_out(const struct elf *elf, const void *file, void *to)
{
	uint8_t *at = to;

	for (uint32_t i = 0; i < elf->segments; i++) {
		const struct elf_segment *segment = &elf->segment[i];
		uint8_t *place = (uint8_t *)to + (segment->address - elf->start);

		memset(at, 0, (size_t)(place - at));
		memcpy(place, (const uint8_t *)file + segment->offset, segment->file_size);
		memset(place + segment->file_size, 0, segment->memory_size - segment->file_size);
		at = place + segment->memory_size;
	}
}
