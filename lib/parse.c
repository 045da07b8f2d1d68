// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/parse.h"

int parse_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool parse_number(const char **at, const char *end, unsigned int base, uint64_t *value)
{
	const char *first = *at;

	for (*value = 0; *at != end; ++*at) {
		int digit = parse_digit(**at);

		if (digit < 0 || digit >= (int)base)
			break;
		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, (unsigned int)digit, value))
			return false;
	}
	return *at != first;
}

bool parse_any_number(const char **at, uint64_t *value)
{
	bool hex = (*at)[0] == '0' && (*at)[1] == 'x';

	*at += hex ? 2 : 0;
	return parse_number(at, NULL, hex ? 16 : 10, value);
}

bool parse_size(const char **at, uint64_t *value)
{
	unsigned int shift;

	if (!parse_number(at, NULL, 10, value))
		return false;
	shift = **at == 'K' ? 10 : **at == 'M' ? 20 : **at == 'G' ? 30 : 0;
	*at += shift != 0;
	return !__builtin_mul_overflow(*value, 1UL << shift, value);
}
