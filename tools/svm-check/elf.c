// SPDX-License-Identifier: GPL-2.0-or-later
/* ELF-64 Object File Format, version 1.5 draft 2; constants by the host's elf.h */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/svm-check/check.h"

struct file {
	const char *path;
	uint8_t *data;
	size_t size;
	bool little;
};

static void read_all(struct file *file)
{
	FILE *stream = fopen(file->path, "rb");
	long size;

	if (!stream || fseek(stream, 0, SEEK_END) || (size = ftell(stream)) < 0 ||
	    fseek(stream, 0, SEEK_SET))
		die("%s: %s", file->path, strerror(errno));
	file->size = (size_t)size;
	file->data = malloc(file->size + 1);
	if (!file->data || fread(file->data, 1, file->size, stream) != file->size)
		die("%s: cannot read it", file->path);
	fclose(stream);
}

/* A number of 2, 4 or 8 bytes in the file's byte order */
static uint64_t read_number(const struct file *file, const uint8_t *at, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | at[file->little ? size - 1 - i : i];
	return value;
}
#define FIELD(file, at, type, member) \
	read_number(file, (at) + offsetof(type, member), sizeof(((type *)0)->member))

static const uint8_t *find_piece(const struct file *file, uint64_t offset, uint64_t size,
				 const char *what)
{
	if (offset > file->size || size > file->size - offset)
		die("%s: %s reaches past the end of the file", file->path, what);
	return file->data + offset;
}

static void check_header(struct file *file)
{
	const uint8_t *head = find_piece(file, 0, sizeof(Elf64_Ehdr), "the ELF header");
	uint64_t type;

	if (memcmp(head, ELFMAG, SELFMAG) != 0 || head[EI_CLASS] != ELFCLASS64)
		die("%s: no 64-bit ELF file; what is needed is the uncompressed vmlinux",
		    file->path);
	file->little = head[EI_DATA] == ELFDATA2LSB;
	if (FIELD(file, head, Elf64_Ehdr, e_machine) != EM_PPC64)
		die("%s: not for powerpc", file->path);
	type = FIELD(file, head, Elf64_Ehdr, e_type);
	if (type != ET_EXEC && type != ET_DYN)
		die("%s: not linked: how a sequence lies in its page is not known yet", file->path);
	if (FIELD(file, head, Elf64_Ehdr, e_shnum) == 0)
		die("%s: it has no section headers", file->path);
}

static int compare_addresses(const void *a, const void *b)
{
	const uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return one < other ? -1 : one > other;
}

static void *grow_array(void *array, size_t count, size_t size)
{
	/* room for a power of two of them, so that it grows seldom */
	if (count & (count - 1))
		return array;
	array = realloc(array, (count ? 2 * count : 1) * size);
	if (!array)
		die("out of memory");
	return array;
}

static void read_symbols(struct image *image, const struct file *file, const uint8_t *table,
			 const uint8_t *strings)
{
	uint64_t size = FIELD(file, table, Elf64_Shdr, sh_size),
		 room = FIELD(file, strings, Elf64_Shdr, sh_size);
	const uint8_t *at =
		find_piece(file, FIELD(file, table, Elf64_Shdr, sh_offset), size, "a symbol table");
	const char *names = (const char *)find_piece(
		file, FIELD(file, strings, Elf64_Shdr, sh_offset), room, "a string table");

	for (; size >= sizeof(Elf64_Sym); size -= sizeof(Elf64_Sym), at += sizeof(Elf64_Sym)) {
		uint64_t name = FIELD(file, at, Elf64_Sym, st_name),
			 type = ELF64_ST_TYPE(at[offsetof(Elf64_Sym, st_info)]);

		if ((type != STT_FUNC && type != STT_NOTYPE) || name == 0 || name >= room ||
		    !memchr(names + name, 0, room - name) || names[name] == '.')
			continue;
		image->symbol = grow_array(image->symbol, image->symbols, sizeof(*image->symbol));
		image->symbol[image->symbols++] =
			(struct symbol){ FIELD(file, at, Elf64_Sym, st_value), names + name };
	}
}

static void read_text(struct image *image, const struct file *file, const uint8_t *header)
{
	uint64_t size = FIELD(file, header, Elf64_Shdr, sh_size);
	const uint8_t *bytes =
		find_piece(file, FIELD(file, header, Elf64_Shdr, sh_offset), size, "a section");

	image->text = grow_array(image->text, image->texts, sizeof(*image->text));
	image->text[image->texts++] =
		(struct section){ FIELD(file, header, Elf64_Shdr, sh_addr), size, bytes };
}

void image_read(struct image *image, const char *path)
{
	struct file file = { .path = path };
	const uint8_t *headers;
	uint64_t count, at;

	memset(image, 0, sizeof(*image));
	read_all(&file);
	check_header(&file);
	image->little = file.little;
	count = FIELD(&file, file.data, Elf64_Ehdr, e_shnum);
	at = FIELD(&file, file.data, Elf64_Ehdr, e_shoff);
	headers = find_piece(&file, at, count * sizeof(Elf64_Shdr), "the section headers");
	for (uint64_t i = 0; i < count; i++) {
		const uint8_t *header = headers + i * sizeof(Elf64_Shdr);
		uint64_t type = FIELD(&file, header, Elf64_Shdr, sh_type),
			 link = FIELD(&file, header, Elf64_Shdr, sh_link);

		if (type == SHT_PROGBITS &&
		    (FIELD(&file, header, Elf64_Shdr, sh_flags) & SHF_EXECINSTR))
			read_text(image, &file, header);
		if (type == SHT_SYMTAB && link < count)
			read_symbols(image, &file, header, headers + link * sizeof(Elf64_Shdr));
	}
	qsort(image->text, image->texts, sizeof(*image->text), compare_addresses);
	qsort(image->symbol, image->symbols, sizeof(*image->symbol), compare_addresses);
}

struct symbol image_symbol(const struct image *image, uint64_t address)
{
	size_t low = 0, high = image->symbols;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (image->symbol[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? image->symbol[low - 1] : (struct symbol){ 0, "" };
}
