/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of the ESM blob, from the ultravisor to a descriptor. */
#ifndef GUEST_GET_FILE_H
#define GUEST_GET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit status of esmb-get-file: an interface (docs/man/esmb-get-file.1) */
#define GOT		0
#define GOT_ERROR	1	/* an answer that is none of these */
#define GOT_USAGE	2
#define GOT_NOT_SECURE	3	/* nobody serves this call */
#define GOT_NO_FILE	4	/* the blob has no such file, or no files */
#define GOT_REFUSED	5	/* already read, by another process most often */
#define GOT_UNWRITTEN	6	/* standard output took not all of it */

#define NAME_MAX_BYTES	64	/* r5..r12 */
/* The real ultravisor ends the machine if asked here: core/uvcall.c get_file_data() */
#define FILE_MAX_BYTES	0x10000

/*
 * Read file @name, of 1 to 64 bytes, and write its bytes to @fd, all of them or none. Returns the
 * exit status; the number that GOT_ERROR stands for is in *@answer.
 */
int get_file(int fd, const char *name, int64_t *answer);

/* Write the @size bytes at @from, and say whether @fd took all of them. */
bool write_all(int fd, const uint8_t *from, size_t size);

#endif /* GUEST_GET_FILE_H */
