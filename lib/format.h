/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formatted text, a checked subset of C's printf: %c %s %d %u %x %p %% with h-less lengths l, ll,
 * z, flags 0 and -, width and precision (numbers or *; precision for %s); and for text from
 * outside, which must neither end a line nor pass for another one (docs/boot-log.md):
 *
 *	%pQ	const char *: in quotes, escaped. What does not fit is cut before the closing quote.
 *	%pV	the same, but a value that needs no quotes stands without
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Write at most @size bytes with the closing NUL into @out; what does not fit is cut.
 * Returns the number of bytes written, without the NUL (never more than @size - 1).
 */
size_t format(char *out, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
size_t vformat(char *out, size_t size, const char *fmt, va_list args);

/* Write @size bytes in lower-case hexadecimal, HEX_SIZE(@size) characters with the closing NUL. */
#define HEX_SIZE(size) (2 * (size) + 1)
void format_hex(char *out, const void *bytes, size_t size);

#endif /* LIB_FORMAT_H */
