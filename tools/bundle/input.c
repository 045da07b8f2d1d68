// SPDX-License-Identifier: GPL-2.0-or-later
/* What is given to the tool, checked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fail.h"
#include "lib/kernel.h"
#include "tools/bundle/tool.h"

struct blob command_line(const struct arguments *arguments)
{
	static const char word[] = "pefboot.pool=";
	const char *given = arguments->cmdline ? arguments->cmdline : "", *found = given;
	size_t size =
		strlen(given) + sizeof(word) + (arguments->pool ? strlen(arguments->pool) : 0) + 1;
	char *line;

	if (!arguments->pool)
		return (struct blob){ (uint8_t *)arguments->cmdline, strlen(given) };
	if (strpbrk(arguments->pool, " \n"))
		die("--pool: \"%s\" is no size", arguments->pool);
	for (; (found = strstr(found, word)); found++)
		if (found == given || found[-1] == ' ' || found[-1] == '\n')
			die("--pool, and pefboot.pool= on the command line: give one of them");
	line = malloc(size);
	if (!line)
		die("out of memory");
	size = (size_t)snprintf(line, size, "%s%s%s%s", word, arguments->pool, *given ? " " : "",
				given);
	return (struct blob){ (uint8_t *)line, size };
}

struct blob read_bundle(const char *path, struct bundle *bundle)
{
	struct blob blob = read_file(path);
	int rc;

	if (blob.size < BUNDLE_HEAD)
		die_error(path, error(E_NO_BOOT_IMAGE, "%zu bytes are too few for one", blob.size));
	rc = bundle_parse_file(bundle, blob.data);
	if (rc == 0 && bundle->total_size > blob.size - bundle->file_offset)
		rc = error(E_BUNDLE_CUT, "%zu bytes, %lu needed", blob.size,
			   (unsigned long)(bundle->file_offset + bundle->total_size));
	if (rc)
		die_error(path, rc);
	return blob;
}

struct blob read_pefboot(const char *path, struct elf *elf)
{
	struct blob pefboot = read_file(path);
	int rc = elf_parse(elf, pefboot.data, pefboot.size, pefboot.size);

	if (rc)
		die_error(path, rc);
	if (elf->little_endian || elf->segments != 1 ||
	    elf->segment[0].offset != BUNDLE_FILE_OFFSET || elf->start != 0 || elf->entry != 0 ||
	    elf->segment[0].file_size < BUNDLE_MANIFEST_AT + sizeof(struct bundle_manifest))
		die("%s is not pefboot.elf", path);
	for (size_t i = 0; i < sizeof(struct bundle_manifest); i++)
		if (pefboot.data[BUNDLE_FILE_OFFSET + BUNDLE_MANIFEST_AT + i])
			die("%s is not pefboot.elf: it has a manifest already", path);
	return pefboot;
}

bool check_kernel(const struct bundle *bundle, const uint8_t *image, struct elf *elf)
{
	bool little, marked;
	uint8_t *flat;
	int rc = bundle_kernel(bundle, image, elf);

	if (rc == 0 && elf->end - elf->start > BUNDLE_TOTAL_MAX)
		rc = error(E_KERNEL_RANGE, "0x%lx bytes", (unsigned long)(elf->end - elf->start));
	if (rc)
		die_error("kernel", rc);
	flat = malloc(elf->end - elf->start);
	if (!flat)
		die("out of memory");
	elf_lay_out(elf, image + bundle->part[BUNDLE_KERNEL].offset, flat);
	rc = kernel_recognise(flat, elf->end - elf->start, &little);
	marked = rc == 0 && kernel_has_mark(flat);
	free(flat);
	if (rc == 0 && elf->entry != elf->start)
		rc = error(E_NOT_LINUX, "entry at offset 0x%lx, expected 0",
			   (unsigned long)(elf->entry - elf->start));
	if (rc)
		die_error("kernel", rc);
	return marked;
}
