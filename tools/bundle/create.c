// SPDX-License-Identifier: GPL-2.0-or-later
/* The same input gives the same bytes: no times, no names, gaps are zeros. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/options.h"
#include "lib/parse.h"
#include "tools/bundle/tool.h"

static uint64_t align_up(uint64_t value)
{
	return (value + BUNDLE_ALIGN - 1) & ~(uint64_t)(BUNDLE_ALIGN - 1);
}

/* pefboot.elf beside this program, or where make install puts it: ../share/qemu. */
static const char *default_pefboot(void)
{
	static const char installed[] = "../share/qemu/pefboot.elf";
	static char path[4096];
	ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - sizeof(installed));
	char *slash, *name;

	path[size > 0 ? size : 0] = '\0';
	slash = strrchr(path, '/');
	name = slash ? slash + 1 : path;
	strcpy(name, "pefboot.elf");
	if (access(path, F_OK) != 0)
		strcpy(name, installed);
	return path;
}

/* What --blob-room says; 0 without it. */
static uint64_t blob_room(const char *text)
{
	const char *at = text;
	uint64_t room = 0;

	if (text && (!parse_size(&at, &room) || *at || room == 0 || room % BUNDLE_ALIGN ||
		     room > BUNDLE_BLOB_MAX))
		die("--blob-room: \"%s\" is no multiple of 64K up to %luM", text,
		    BUNDLE_BLOB_MAX >> 20);
	return room;
}

/*
 * Where everything goes: after pefboot's own memory, the initrd after what the kernel takes in
 * memory.
 */
static void lay_out_parts(struct bundle *bundle, const struct elf *own,
			  const struct blob part[BUNDLE_PARTS])
{
	uint64_t at = align_up(own->segment[0].memory_size), shift;
	struct elf kernel;
	int rc;

	bundle->file_offset = BUNDLE_FILE_OFFSET;
	bundle->image_size = own->segment[0].file_size;
	bundle->image_memory = at;
	rc = elf_parse(&kernel, part[BUNDLE_KERNEL].data, part[BUNDLE_KERNEL].size,
		       part[BUNDLE_KERNEL].size);
	if (rc)
		die_error("kernel", rc);
	for (int n = 0; n < BUNDLE_PARTS; n++) {
		int i = bundle_order(bundle->version)[n];
		uint64_t end = at + part[i].size;

		if (part[i].size == 0)
			continue;
		bundle->part[i].offset = at;
		bundle->part[i].size = part[i].size;
		if (i == BUNDLE_KERNEL && elf_in_place(&kernel, BUNDLE_ALIGN, &shift) &&
		    at + shift + (kernel.end - kernel.start) > end)
			end = at + shift + (kernel.end - kernel.start);
		at = align_up(end);
	}
	if (bundle->blob_room)
		bundle->blob_offset = at;
	at += bundle->blob_room;
	bundle->total_size = at;
	if (at > BUNDLE_TOTAL_MAX)
		die("%lu MiB are more than the %lu a bundle may have", (unsigned long)(at >> 20),
		    BUNDLE_TOTAL_MAX >> 20);
}

static void write_header(uint8_t *file, const struct blob *pefboot, uint64_t total)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)file;
	Elf64_Phdr *load = (Elf64_Phdr *)(file + sizeof(*header));

	memcpy(header, pefboot->data, sizeof(*header));	/* ident, type, machine, entry, ABI flags */
	be64_store(&header->e_phoff, sizeof(*header));
	be16_store(&header->e_phnum, 1);
	be64_store(&header->e_shoff, 0);
	be16_store(&header->e_shnum, 0);
	be16_store(&header->e_shstrndx, 0);
	be32_store(&load->p_type, PT_LOAD);
	be32_store(&load->p_flags, PF_R | PF_W | PF_X);
	be64_store(&load->p_offset, BUNDLE_FILE_OFFSET);
	be64_store(&load->p_filesz, total);
	be64_store(&load->p_memsz, total);
	be64_store(&load->p_align, BUNDLE_ALIGN);
}

static void write_manifest(struct bundle_manifest *manifest, const struct bundle *bundle)
{
	memset(manifest, 0, sizeof(*manifest));
	memcpy(manifest->magic, BUNDLE_MAGIC, sizeof(manifest->magic));
	be32_store(&manifest->version, (uint32_t)bundle->version);
	be32_store(&manifest->size, sizeof(*manifest));
	be64_store(&manifest->image_size, bundle->image_size);
	be64_store(&manifest->image_memory, bundle->image_memory);
	be64_store(&manifest->total_size, bundle->total_size);
	for (int i = 0; i < BUNDLE_PARTS; i++) {
		be64_store(&manifest->part[i].offset, bundle->part[i].offset);
		be64_store(&manifest->part[i].size, bundle->part[i].size);
		memcpy(manifest->part[i].digest, bundle->part[i].digest, BUNDLE_DIGEST_SIZE);
	}
	be64_store(&manifest->blob_offset, bundle->blob_offset);
	be64_store(&manifest->blob_room, bundle->blob_room);
}

/* The command line as a string; free it. */
static char *line_of(const struct blob *cmdline)
{
	char *line = calloc(1, cmdline->size + 1);

	if (!line)
		die("out of memory");
	if (cmdline->size)
		memcpy(line, cmdline->data, cmdline->size);
	return line;
}

/* A word that pefboot would not take must not wait for the boot. */
static void check_options(const struct blob *cmdline)
{
	struct options options;
	char *line = line_of(cmdline);
	int rc = options_parse(&options, line);

	free(line);
	if (rc)
		die_error("command line", rc);
	if (cmdline->size > BUNDLE_CMDLINE_MAX)
		die("command line: %zu bytes, and %d are the most (E341 E_BUNDLE)", cmdline->size,
		    BUNDLE_CMDLINE_MAX);
}

/*
 * A kernel that would find nothing to start is told of here, not only by the boot (E348). Beside a
 * bundle for a normal VM an initrd may lie.
 */
static void check_root(const struct blob part[BUNDLE_PARTS])
{
	struct options options;
	char *line = line_of(&part[BUNDLE_CMDLINE]);

	options_parse(&options, line);
	if (part[BUNDLE_INITRD].size == 0 && options.secure != SECURE_OFF &&
	    !linux_has_root(line))
		fprintf(stderr, "pefboot-bundle: warning: it will not boot: E%d %s\n"
			"pefboot-bundle: hint: %s\n", E_NO_ROOT, error_what(E_NO_ROOT),
			error_hint(E_NO_ROOT));
	free(line);
}

static void fill_image(uint8_t *image, struct bundle *bundle, const struct blob part[BUNDLE_PARTS])
{
	for (int i = 0; i < BUNDLE_PARTS; i++) {
		if (part[i].size == 0)
			continue;
		memcpy(image + bundle->part[i].offset, part[i].data, part[i].size);
		digest(bundle->part[i].digest, part[i].data, part[i].size);
	}
	write_manifest((struct bundle_manifest *)(image + BUNDLE_MANIFEST_AT), bundle);
}

static int unmarked(const char *path)
{
	fprintf(stderr, "pefboot-bundle: %s: E%d %s\n", path, E_NO_MARK, error_what(E_NO_MARK));
	return 3;
}

int marked(const struct arguments *arguments)
{
	struct blob kernel = read_file(arguments->bundle);
	struct bundle bundle = { .total_size = BUNDLE_TOTAL_MAX };
	struct elf elf;

	bundle.part[BUNDLE_KERNEL].size = kernel.size;
	return check_kernel(&bundle, kernel.data, &elf) ? 0 : unmarked(arguments->bundle);
}

int create(const struct arguments *arguments)
{
	const char *path = arguments->pefboot ? arguments->pefboot : default_pefboot();
	struct blob pefboot, part[BUNDLE_PARTS] = { { NULL, 0 } };
	struct bundle bundle = { 0 }, again;
	struct elf own, kernel;
	uint8_t *file;
	bool marked;
	int rc;

	bundle.blob_room = blob_room(arguments->blob_room);
	bundle.version = bundle.blob_room ? BUNDLE_VERSION_BLOB : BUNDLE_VERSION;
	pefboot = read_pefboot(path, &own);
	part[BUNDLE_KERNEL] = read_file(arguments->kernel);
	if (arguments->initrd)
		part[BUNDLE_INITRD] = read_file(arguments->initrd);
	part[BUNDLE_CMDLINE] = command_line(arguments);
	check_options(&part[BUNDLE_CMDLINE]);
	lay_out_parts(&bundle, &own, part);
	file = calloc(1, BUNDLE_FILE_OFFSET + bundle.total_size);
	if (!file)
		die("out of memory");
	write_header(file, &pefboot, bundle.total_size);
	memcpy(file + BUNDLE_FILE_OFFSET, pefboot.data + BUNDLE_FILE_OFFSET, bundle.image_size);
	fill_image(file + BUNDLE_FILE_OFFSET, &bundle, part);
	rc = bundle_parse_file(&again, file);	/* by the firmware's own eyes */
	if (rc)
		die_error(arguments->output, rc);
	marked = check_kernel(&again, file + BUNDLE_FILE_OFFSET, &kernel);
	if (arguments->marked && !marked)
		return unmarked(arguments->kernel);
	check_root(part);
	write_file(arguments->output, file, BUNDLE_FILE_OFFSET + bundle.total_size);
	return 0;
}
