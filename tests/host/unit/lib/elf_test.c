// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/elf.h"

#include <elf.h>

#include "lib/endian.h"
#include "lib/fail.h"
#include "tests/host/unit/test.h"

static uint8_t file[0x4000];
static struct elf elf;

/* A file of @count segments; 0 of the fields is what a good one has. */
static void make(const struct elf_segment *segments, uint32_t count, uint64_t entry, bool little)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)file;
	uint8_t *at = file + sizeof(*header);

#define PUT(bits, to, value) (little ? le##bits##_store : be##bits##_store)(to, value)
	memset(file, 0, sizeof(file));
	for (size_t i = 0x1000; i < sizeof(file); i++)
		file[i] = (uint8_t)(i ^ i >> 8);
	memcpy(file, "\x7f" "ELF\2", 5);
	file[EI_DATA] = little ? ELFDATA2LSB : ELFDATA2MSB;
	PUT(16, &header->e_type, ET_EXEC);
	PUT(16, &header->e_machine, EM_PPC64);
	PUT(64, &header->e_entry, entry);
	PUT(64, &header->e_phoff, sizeof(*header));
	PUT(16, &header->e_phentsize, sizeof(Elf64_Phdr));
	PUT(16, &header->e_phnum, (uint16_t)count);
	for (uint32_t i = 0; i < count; i++, at += sizeof(Elf64_Phdr)) {
		Elf64_Phdr *load = (Elf64_Phdr *)at;

		PUT(32, &load->p_type, PT_LOAD);
		PUT(64, &load->p_offset, segments[i].offset);
		PUT(64, &load->p_filesz, segments[i].file_size);
		PUT(64, &load->p_paddr, segments[i].address);
		PUT(64, &load->p_vaddr, 0xc000000000000000 | segments[i].address);
		PUT(64, &load->p_memsz, segments[i].memory_size);
	}
#undef PUT
}

static int parse(void)
{
	return elf_parse(&elf, file, sizeof(file), sizeof(file));
}

#define MAKE(entry, ...)                                                                          \
	make((const struct elf_segment[]){ __VA_ARGS__ },                                         \
	     sizeof((const struct elf_segment[]){ __VA_ARGS__ }) / sizeof(struct elf_segment), entry, false)
#define VIRTUAL 0xc000000000000000

static void test_good(void **state)
{
	uint64_t shift;

	(void)state;
	for (int little = 0; little < 2; little++) {
		make((const struct elf_segment[]){ { 0x1000, 0x800, 0x20000, 0x900 } }, 1, VIRTUAL | 0x20010, little);
		assert_int_equal(parse(), 0);
		assert_int_equal(elf.little_endian, little);
		assert_int_equal(elf.entry, 0x20010);
		assert_int_equal(elf.start, 0x20000);
		assert_int_equal(elf.end, 0x20900);
		assert_true(elf_in_place(&elf, 0x1000, &shift));
		assert_int_equal(shift, 0x1000);
		assert_false(elf_in_place(&elf, 0x10000, &shift));
	}
}

/* In whatever order they come; gaps and what the file does not fill are zeros. */
static void test_lay_out(void **state)
{
	uint8_t *to = malloc(0x3000);
	uint64_t shift;

	(void)state;
	MAKE(VIRTUAL | 0x5000, { 0x3000, 0x100, 0x6800, 0x400 }, { 0x1100, 0x800, 0x5000, 0x800 }, { 0x1000, 0, 0x7000, 0x800 },
	     { 0, 0, 0x9999, 0 });
	assert_int_equal(parse(), 0);
	assert_int_equal(elf.segments, 3);
	assert_int_equal(elf.start, 0x5000);
	assert_int_equal(elf.end, 0x7800);
	assert_false(elf_in_place(&elf, 0x100, &shift));
	memset(to, 0x77, 0x3000);
	elf_lay_out(&elf, file, to);
	assert_memory_equal(to, file + 0x1100, 0x800);
	assert_memory_equal(to + 0x1800, file + 0x3000, 0x100);
	for (size_t i = 0x800; i < 0x2800; i++)
		if (i < 0x1800 || i >= 0x1900)
			assert_int_equal(to[i], 0);
	assert_int_equal(to[0x2800], 0x77);
	free(to);
	MAKE(VIRTUAL, { 0x1000, 0x100, 0, 0x100 }, { 0x2000, 0x100, 0x1000, 0x100 });
	assert_int_equal(parse(), 0);
	assert_true(elf_in_place(&elf, 0x1000, &shift));
}

static void kind(uint32_t at, uint8_t value)
{
	MAKE(VIRTUAL, { 0x1000, 0x800, 0, 0x800 });
	file[at] = value;
	assert_int_equal(parse(), E_ELF_KIND);
}

static void test_compressed_hints(void **state)
{
	(void)state;
	MAKE(VIRTUAL, { 0x1000, 0x800, 0, 0x800 });
	memcpy(file, "\x1f\x8b\x08", 3);
	assert_int_equal(parse(), E_ELF_KIND);
	assert_non_null(strstr(error_text(), "gzip"));
	assert_int_equal(elf_parse(&elf, file, 2, sizeof(file)), E_ELF_KIND);
	assert_non_null(strstr(error_text(), "gzip"));
}

static void test_kinds(void **state)
{
	(void)state;
	kind(0, 'E');
	kind(EI_CLASS, ELFCLASS32);
	kind(EI_DATA, 3);
	kind(EI_DATA, ELFDATA2LSB);	/* then type and machine are wrong */
	kind(17, ET_REL);
	kind(17, ET_CORE);
	kind(19, EM_PPC);
	MAKE(VIRTUAL, { 0x1000, 0x800, 0, 0x800 });
	assert_int_equal(elf_parse(&elf, file, 63, sizeof(file)), E_ELF_KIND);
	assert_int_equal(elf_parse(&elf, file, 0, 0), E_ELF_KIND);
	assert_int_equal(elf_parse(&elf, file, 64, sizeof(file)), E_ELF_SEGMENTS);
}

#define BAD(...)                                    \
	do {                                        \
		MAKE(VIRTUAL, __VA_ARGS__);         \
		assert_int_equal(parse(), E_ELF_SEGMENTS); \
	} while (0)
#define GOOD_ONE { 0x1000, 0x800, 0, 0x800 }

static void test_segments(void **state)
{
	struct elf_segment many[ELF_SEGMENTS_MAX + 1];

	(void)state;
	BAD({ 0x3801, 0x800, 0, 0x800 });
	BAD({ UINT64_MAX, 0x800, 0, 0x800 });
	BAD({ 0x1000, UINT64_MAX, 0, UINT64_MAX });
	BAD({ 0x1000, 0x800, 0, 0x7ff });
	BAD({ 0x1000, 0x800, UINT64_MAX - 0x7fe, 0x800 });
	BAD({ 0x1000, 0x800, 1, UINT64_MAX });
	BAD(GOOD_ONE, GOOD_ONE);
	BAD(GOOD_ONE, { 0x1000, 0x10, 0x7ff, 0x10 });
	BAD({ 0x1000, 0x10, 0x7ff, 0x10 }, GOOD_ONE);
	BAD(GOOD_ONE, { 0x1000, 0x10, 0x2000, 0x10 }, { 0x1000, 0x10, 0x800, 0x1801 });
	BAD({ 0, 0, 0, 0 });
	MAKE(VIRTUAL, GOOD_ONE);
	be64_store(file + 32, sizeof(file) - 55);
	assert_int_equal(parse(), E_ELF_SEGMENTS);
	be64_store(file + 32, UINT64_MAX);
	assert_int_equal(parse(), E_ELF_SEGMENTS);
	MAKE(VIRTUAL, GOOD_ONE);
	be16_store(file + 54, 32);
	assert_int_equal(parse(), E_ELF_SEGMENTS);
	MAKE(VIRTUAL, GOOD_ONE);
	be16_store(file + 56, 0);
	assert_int_equal(parse(), E_ELF_SEGMENTS);
	be16_store(file + 56, 0xffff);
	assert_int_equal(parse(), E_ELF_SEGMENTS);
	for (uint32_t i = 0; i <= ELF_SEGMENTS_MAX; i++)
		many[i] = (struct elf_segment){ 0x2000, 16, 0x1000 * i, 16 };
	make(many, ELF_SEGMENTS_MAX + 1, VIRTUAL, false);
	assert_int_equal(parse(), E_ELF_SEGMENTS);
	make(many, ELF_SEGMENTS_MAX, VIRTUAL, false);
	assert_int_equal(parse(), 0);
}

static void test_entry(void **state)
{
	(void)state;
	MAKE(VIRTUAL | 0x800, GOOD_ONE);
	assert_int_equal(parse(), E_ELF_ENTRY);
	MAKE(0, GOOD_ONE);
	assert_int_equal(parse(), E_ELF_ENTRY);
	MAKE(VIRTUAL | 0x7ff, GOOD_ONE);
	assert_int_equal(parse(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good), TEST(test_lay_out), TEST(test_compressed_hints), TEST(test_kinds), TEST(test_segments), TEST(test_entry),
	};

	return RUN(tests);
}
