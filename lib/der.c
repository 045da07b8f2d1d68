// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/der.h"

/* A length of at most 32 bits, in the shortest form: X.690 8.1.3 and 10.1. */
static bool read_length(size_t *length, struct der *from)
{
	uint8_t count;

	if (from->at == from->end)
		return false;
	count = *from->at++;
	*length = count;
	if (count < 0x80)
		return true;
	count &= 0x7f;
	if (count == 0 || count > 4 || count > der_size(from))
		return false;
	if (*from->at == 0)
		return false;
	for (*length = 0; count; count--)
		*length = *length << 8 | *from->at++;
	return *length >= 0x80;
}

bool der_read(struct der *contents, struct der *from, uint8_t tag)
{
	size_t length;

	if (from->at == from->end || *from->at != tag)
		return false;
	from->at++;
	if (!read_length(&length, from) || length > der_size(from))
		return false;
	*contents = (struct der){ from->at, from->at + length };
	from->at += length;
	return true;
}

bool der_skip(struct der *from)
{
	struct der contents;

	return from->at != from->end && der_read(&contents, from, *from->at);
}

bool der_read_number(struct der *digits, struct der *from)
{
	if (!der_read(digits, from, DER_INTEGER) || der_size(digits) == 0 || *digits->at & 0x80)
		return false;
	while (digits->at != digits->end && *digits->at == 0)
		digits->at++;
	return true;
}
