// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/format.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/string.h"

static const char hex_digits[] = "0123456789abcdef";

struct out {
	char *at, *end;		/* end leaves room for the NUL */
};

struct spec {
	bool zero, left, is_long;
	int width, precision;	/* precision < 0: none */
};

static void put_char(struct out *out, char c)
{
	if (out->at < out->end)
		*out->at++ = c;
}

static void put_text(struct out *out, const char *text, size_t size)
{
	size_t room = (size_t)(out->end - out->at);

	size = size < room ? size : room;
	memcpy(out->at, text, size);
	out->at += size;
}

static void put_padded(struct out *out, const struct spec *spec, const char *text, int size)
{
	int fill = spec->width > size ? spec->width - size : 0;

	for (; !spec->left && fill > 0; fill--)
		put_char(out, spec->zero ? '0' : ' ');
	put_text(out, text, (size_t)size);
	for (; fill > 0; fill--)
		put_char(out, ' ');
}

static void put_number(struct out *out, const struct spec *spec, uint64_t value, unsigned int base,
		       bool negative)
{
	char digits[24], *at = digits + sizeof(digits);
	struct spec rest = *spec;

	do
		*--at = hex_digits[value % base];
	while ((value /= base) != 0);
	if (negative && spec->zero) {	/* the sign stands before the zeros */
		put_char(out, '-');
		rest.width--;
	} else if (negative) {
		*--at = '-';
	}
	put_padded(out, &rest, at, (int)(digits + sizeof(digits) - at));
}

static bool is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

/* docs/boot-log.md "escape". Returns the size of what is to be put for @c. */
static int escape_char(char piece[4], char c)
{
	piece[0] = '\\';
	if (!is_printable(c)) {
		piece[1] = 'x';
		piece[2] = hex_digits[(uint8_t)c >> 4];
		piece[3] = hex_digits[c & 15];
		return 4;
	}
	if (c == '"' || c == '\\') {
		piece[1] = c;
		return 2;
	}
	piece[0] = c;
	return 1;
}

static void put_quoted(struct out *out, const char *text)
{
	if (out->end - out->at < 2)
		return;
	put_char(out, '"');
	for (; *text; text++) {
		char piece[4];
		int size = escape_char(piece, *text);

		if (out->end - out->at < size + 1)
			break;
		put_text(out, piece, (size_t)size);
	}
	put_char(out, '"');
}

/* docs/boot-log.md "plain" */
static bool is_plain(const char *text)
{
	bool plain = *text != '\0';

	for (; *text; text++)
		plain &= is_printable(*text) && *text != ' ' && *text != '"';
	return plain;
}

static void put_outside(struct out *out, char kind, const char *text)
{
	text = text ? text : "(null)";
	if (kind == 'Q' || !is_plain(text))
		put_quoted(out, text);
	else
		put_text(out, text, strlen(text));
}

static const char *read_int(const char *fmt, int *value, va_list *args)
{
	if (*fmt == '*') {
		*value = va_arg(*args, int);
		return fmt + 1;
	}
	for (*value = 0; *fmt >= '0' && *fmt <= '9' && *value < INT_MAX / 10 - 9; fmt++)
		*value = *value * 10 + (*fmt - '0');
	return fmt;
}

static const char *read_spec(const char *fmt, struct spec *spec, va_list *args)
{
	*spec = (struct spec){ .precision = -1 };
	for (; *fmt == '0' || *fmt == '-'; fmt++) {
		spec->zero |= *fmt == '0';
		spec->left |= *fmt == '-';
	}
	fmt = read_int(fmt, &spec->width, args);
	if (*fmt == '.')
		fmt = read_int(fmt + 1, &spec->precision, args);
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		spec->is_long = true;
	return fmt;
}

static void put_conversion(struct out *out, const struct spec *spec, char kind, va_list *args)
{
	const char *text;
	int64_t number;
	char c;

	switch (kind) {
	case 'd':
		number = spec->is_long ? va_arg(*args, long) : va_arg(*args, int);
		put_number(out, spec, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10,
			   number < 0);
		break;
	case 'u':
	case 'x':
		put_number(out, spec,
			   spec->is_long ? va_arg(*args, unsigned long) :
					   va_arg(*args, unsigned int),
			   kind == 'u' ? 10 : 16, false);
		break;
	case 'p':
		put_number(out, spec, (uintptr_t)va_arg(*args, void *), 16, false);
		break;
	case 'Q':
	case 'V':
		put_outside(out, kind, va_arg(*args, const char *));
		break;
	case 's':
		text = va_arg(*args, const char *);
		text = text ? text : "(null)";
		put_padded(out, spec, text,
			   (int)strnlen(text,
					spec->precision < 0 ? INT_MAX : (size_t)spec->precision));
		break;
	case 'c':
		c = (char)va_arg(*args, int);
		put_padded(out, spec, &c, 1);
		break;
	default:
		put_char(out, kind);
	}
}

size_t vformat(char *buffer, size_t size, const char *fmt, va_list args)
{
	struct out out;
	struct spec spec;
	const char *plain;
	va_list ap;

	if (size == 0)
		return 0;
	out = (struct out){ buffer, buffer + size - 1 };
	va_copy(ap, args);
	while (*fmt) {
		for (plain = fmt; *fmt && *fmt != '%';)
			fmt++;
		put_text(&out, plain, (size_t)(fmt - plain));
		if (!*fmt)
			break;
		fmt = read_spec(fmt + 1, &spec, &ap);
		if (*fmt == 'p' && (fmt[1] == 'Q' || fmt[1] == 'V'))
			fmt++;
		if (!*fmt)
			break;
		put_conversion(&out, &spec, *fmt++, &ap);
	}
	va_end(ap);
	*out.at = '\0';
	return (size_t)(out.at - buffer);
}

size_t format(char *buffer, size_t size, const char *fmt, ...)
{
	va_list args;
	size_t used;

	va_start(args, fmt);
	used = vformat(buffer, size, fmt, args);
	va_end(args);
	return used;
}

void format_hex(char *out, const void *bytes, size_t size)
{
	for (const uint8_t *at = bytes; size; size--, at++) {
		*out++ = hex_digits[*at >> 4];
		*out++ = hex_digits[*at & 15];
	}
	*out = '\0';
}
