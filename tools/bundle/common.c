// SPDX-License-Identifier: GPL-2.0-or-later
#include <bearssl.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/endian.h"
#include "lib/fail.h"
#include "tools/bundle/tool.h"

const char *const part_names[BUNDLE_PARTS] = { "kernel", "initrd", "cmdline" };

void write_elf_start(uint8_t *file, uint8_t class, uint16_t machine)
{
	Elf32_Ehdr *header = (Elf32_Ehdr *)file;	/* both classes are the same so far */

	memcpy(header->e_ident, ELFMAG, SELFMAG);
	header->e_ident[EI_CLASS] = class;
	header->e_ident[EI_DATA] = ELFDATA2MSB;
	header->e_ident[EI_VERSION] = EV_CURRENT;
	be16_store(&header->e_type, ET_EXEC);
	be16_store(&header->e_machine, machine);
	be32_store(&header->e_version, EV_CURRENT);
}

void die(const char *fmt, ...)
{
	va_list args;

	fputs("pefboot-bundle: error: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

void die_error(const char *name, int number)
{
	fprintf(stderr, "pefboot-bundle: error: %s: E%d %s: %s\n", name, number, error_what(number),
		error_text());
	fprintf(stderr, "pefboot-bundle: hint: %s\n", error_hint(number));
	exit(1);
}

struct blob read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct blob blob = { NULL, 0 };
	size_t room = 0, got;

	if (!file)
		die("%s: %s", path, strerror(errno));
	do {
		if (room - blob.size < 1 << 16) {
			room = room ? 2 * room : 1 << 20;
			blob.data = realloc(blob.data, room);
			if (!blob.data)
				die("%s: out of memory", path);
		}
		got = fread(blob.data + blob.size, 1, room - blob.size, file);
		blob.size += got;
	} while (got);
	if (ferror(file))
		die("%s: %s", path, strerror(errno));
	fclose(file);
	return blob;
}

void write_file(const char *path, const void *data, size_t size)
{
	FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");

	if (!file || fwrite(data, 1, size, file) != size || fflush(file) ||
	    (file != stdout && fclose(file)))
		die("%s: %s", path, strerror(errno));
}

void print_escaped(FILE *out, const void *text, size_t size)
{
	const uint8_t *at = text;

	fputc('"', out);
	for (; size; size--, at++)
		if (*at == '"' || *at == '\\')
			fprintf(out, "\\%c", *at);
		else if (*at < 0x20 || *at > 0x7e)
			fprintf(out, "\\u%04x", *at);
		else
			fputc(*at, out);
	fputc('"', out);
}

void digest(uint8_t out[BUNDLE_DIGEST_SIZE], const void *data, size_t size)
{
	br_sha512_context context;

	br_sha512_init(&context);
	br_sha512_update(&context, data, size);
	br_sha512_out(&context, out);
}
