// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/cpio.h"

#include "lib/parse.h"
#include "lib/string.h"

#define MAGIC	  "070701"
#define FILE_SIZE 54		/* where the numbers are */
#define NAME_SIZE 94

/* Eight hexadecimal digits of either case. */
static bool read_number(uint64_t *value, const uint8_t *at)
{
	*value = 0;
	for (int i = 0; i < 8; i++) {
		bool is_upper = at[i] >= 'A' && at[i] <= 'F';
		int digit = parse_digit((char)(is_upper ? at[i] | 0x20 : at[i]));

		if (digit < 0)
			return false;
		*value = *value << 4 | (uint64_t)digit;
	}
	return true;
}

bool cpio_read_header(struct cpio_header *header, const uint8_t *at, uint64_t left)
{
	return left >= CPIO_HEADER && memcmp(at, MAGIC, sizeof(MAGIC) - 1) == 0 &&
	       read_number(&header->name_size, at + NAME_SIZE) &&
	       read_number(&header->file_size, at + FILE_SIZE) &&
	       header->name_size <= left - CPIO_HEADER;
}
