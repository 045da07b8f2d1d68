/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers in text: command lines, paths of the device tree. */
#ifndef LIB_PARSE_H
#define LIB_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The value of a decimal or lower-case hexadecimal digit; -1 for any other character. */
int parse_digit(char c);

/*
 * parse_number() - read digits of @base (10 or 16), without a sign or prefix.
 * @at:  the first digit; moved to the first character that is none
 * @end: the text ends here at the latest; NULL: at its NUL
 * Returns false without a digit, or when the number does not fit into 64 bits.
 */
bool parse_number(const char **at, const char *end, unsigned int base, uint64_t *value);

/* The same, in decimal, or in hexadecimal after "0x". */
bool parse_any_number(const char **at, uint64_t *value);

/* Decimal, and K, M or G after it if any (powers of 1024). */
bool parse_size(const char **at, uint64_t *value);

#endif /* LIB_PARSE_H */
