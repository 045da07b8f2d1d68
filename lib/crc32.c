// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/crc32.h"

#define POLYNOMIAL 0xedb88320U	/* reflected */

static void make_table(uint32_t table[256])
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
		table[i] = crc;
	}
}

uint32_t crc32(const void *at, size_t size)
{
	const uint8_t *byte = at;
	uint32_t table[256], crc = ~0U;

	make_table(table);
	while (size--)
		crc = crc >> 8 ^ table[(crc ^ *byte++) & 0xff];
	return ~crc;
}
