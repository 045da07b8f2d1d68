/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pefboot-bundle: what its files share. */
#ifndef TOOLS_BUNDLE_TOOL_H
#define TOOLS_BUNDLE_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/bundle.h"

/* The contents of a file, read as a whole. */
struct blob {
	uint8_t *data;
	size_t size;
};

#define RECIPIENTS_MAX	16
#define OWNER_FILES_MAX 256		/* more do not fit into the 64 KiB of an ESM blob */

/* What the command line says. */
struct arguments {
	const char *pefboot, *kernel, *initrd, *cmdline, *pool, *output;
	const char *blob_room;		/* of version 2; NULL: version 1 */
	const char *recipient[RECIPIENTS_MAX], *file[OWNER_FILES_MAX], *origin, *key, *svm_tool;
	int recipients, files;
	const char *bank;		/* of pcrs; NULL: all */
	const char *bundle;
	bool json, marked;
};

/* Names of the parts, as options, in the log and in JSON. */
extern const char *const part_names[BUNDLE_PARTS];

/* Say what is wrong and leave with status 1. */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same for an error number of abi/steps.h: what, the newest error()'s text, and the hint. */
_Noreturn void die_error(const char *name, int number);

struct blob read_file(const char *path);
void write_file(const char *path, const void *data, size_t size);

/* Read a bundle and check its headers; leaves with an error where they are wrong. */
struct blob read_bundle(const char *path, struct bundle *bundle);

/* SHA-512 by the implementation that the firmware has, too (BearSSL). */
void digest(uint8_t out[BUNDLE_DIGEST_SIZE], const void *data, size_t size);

/*
 * The kernel's command line: that of --cmdline, after the option of --pool; no data if neither was
 * given.
 */
struct blob command_line(const struct arguments *arguments);

/*
 * pefboot.elf as it was made: its ELF header, checked, of a segment at BUNDLE_FILE_OFFSET; leaves
 * with an error.
 */
struct blob read_pefboot(const char *path, struct elf *elf);

/*
 * Check the kernel of a bundle in memory as the firmware will; leaves with an error.
 * Returns whether it has the mark.
 */
bool check_kernel(const struct bundle *bundle, const uint8_t *image, struct elf *elf);

/* How the file of a big-endian executable begins: @class is ELFCLASS32 or 64, @machine EM_*. */
void write_elf_start(uint8_t *file, uint8_t class, uint16_t machine);

/* @text in double quotes, as JSON has it. */
void print_escaped(FILE *out, const void *text, size_t size);

/* The commands; each returns the exit status. */
int create(const struct arguments *arguments);
int marked(const struct arguments *arguments);
int info(const struct arguments *arguments);
int extract(const struct arguments *arguments);
int verify(const struct arguments *arguments);
int print_digests(const struct arguments *arguments);
int seal(const struct arguments *arguments);
int slof(const struct arguments *arguments);
int pcrs(const struct arguments *arguments);

#endif /* TOOLS_BUNDLE_TOOL_H */
