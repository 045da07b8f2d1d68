/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of C's <string.h> that the compiler, libfdt and we use; same contracts. */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *in, int byte, size_t size);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *text, int byte);
char *strrchr(const char *text, int byte);

/*
 * secure_zero() - clear a secret that nobody reads any more: unlike a memset() before the end of a
 * scope it is not left out. @at, @size: bytes
 */
static inline void secure_zero(void *at, size_t size)
{
	memset(at, 0, size);
	/* as if it were read here; -ffreestanding keeps the call already, but is no promise */
	__asm__ volatile("" : : "r"(at) : "memory");
}

#endif /* LIB_STRING_H */
