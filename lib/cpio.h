/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of an archive in the new ASCII format: cpio(5). */
#ifndef LIB_CPIO_H
#define LIB_CPIO_H

#include <stdbool.h>
#include <stdint.h>

#define CPIO_HEADER  110	/* bytes: magic, and 13 numbers of eight digits; then the name */
#define CPIO_TRAILER "TRAILER!!!"	/* name of the last entry */

struct cpio_header {
	uint64_t name_size, file_size;	/* bytes; of the name with its NUL */
};

/*
 * cpio_read_header() - that of the entry at @at, of which @left bytes are there.
 * Returns false where none begins, or its name is not all there.
 */
bool cpio_read_header(struct cpio_header *header, const uint8_t *at, uint64_t left);

#endif /* LIB_CPIO_H */
