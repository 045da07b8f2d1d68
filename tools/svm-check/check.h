/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pefboot-svm-check: what its files share. */
#ifndef TOOLS_SVM_CHECK_CHECK_H
#define TOOLS_SVM_CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Say what is wrong and leave with status 2. */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* --- elf.c: a linked ELF64 file for powerpc, read as a whole --- */

struct section {
	uint64_t address, size;
	const uint8_t *bytes;
};

struct symbol {
	uint64_t address;
	const char *name;
};

struct image {
	bool little;
	struct section *text;		/* what can be executed */
	size_t texts;
	struct symbol *symbol;		/* functions, by address */
	size_t symbols;
};

/* Leaves with an error where the file cannot be read, or is none. */
void image_read(struct image *image, const char *path);

/* The function at or before @address; an empty name at 0 if there is none. */
struct symbol image_symbol(const struct image *image, uint64_t address);

/* --- find.c: each mfmsr, and what the ultravisor makes of it --- */

enum { USE_TRAP, USE_LIS, USE_RAW };	/* by enum msr_use */

struct use {
	uint64_t address;
	int use;
	/* in the other byte order than the file: FIXUP_ENDIAN, or data */
	bool turned;
	/* address of the test of MSR[S] that its value reaches; 0: none */
	uint64_t test;
	/* a test that is lis, were it not for the ends of the page */
	bool recognised;
	const char *why;		/* of a test that is not lis */
};

/* All mfmsr of the image, by address. Returns their number. */
size_t find(const struct image *image, struct use **uses);

#endif /* TOOLS_SVM_CHECK_CHECK_H */
