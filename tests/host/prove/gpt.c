// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: of any GPT: a header that is accepted says where its entries are, on the disk, and how
 *     many fit into memory; an entry that is accepted lies on the disk, over no other, and no sum
 *     wraps
 * bounds: any header, a disk of any size, blocks of 512 or 4096 bytes; an entry behind up to three
 *     others, of any contents
 * cbmc: --unwind 5 --unwindset memcmp.0:17 --slice-formula
 * run: all
 */
#include "boot/normal/disk_gpt.c"

#include "tests/host/prove/prove.h"

#define ENTRIES 4

static uint8_t header[GPT_HEADER_MIN], table[ENTRIES * GPT_ENTRY_MIN];

uint32_t crc32(const void *at, size_t bytes)
{
	claim(bytes >= GPT_HEADER_MIN && bytes <= 4096);
	(void)at;
	return any32();
}

static void check_header(const struct disk *disk, const struct gpt *gpt)
{
	uint64_t bytes = (uint64_t)gpt->count * gpt->size;

	claim(gpt->size >= GPT_ENTRY_MIN && bytes <= GPT_TABLE_MAX);
	claim(gpt->first <= gpt->last && gpt->last < disk->blocks);
	/* what disk_read() is given does not wrap, and lies on the disk */
	claim(gpt->entries < disk->blocks);
	claim(bytes <= disk_size(disk) - gpt->entries * disk->block_size);
}

static void check_place(const struct disk *disk, const struct gpt *gpt, uint32_t index)
{
	const uint8_t *entry = table + index * GPT_ENTRY_MIN;
	uint64_t start = le64_load(entry + GPT_START), end = le64_load(entry + GPT_END);

	claim(start <= end && end < disk->blocks && start >= gpt->first);
	for (uint32_t i = 0; i < index; i++) {
		const uint8_t *other = table + i * GPT_ENTRY_MIN;

		claim(!gpt_entry_is_used(other) || end < le64_load(other + GPT_START) ||
		      start > le64_load(other + GPT_END));
	}
}

int main(void)
{
	struct disk disk = { .blocks = any64(), .block_size = any_bool() ? 512 : 4096 };
	uint32_t index = any8() & (ENTRIES - 1);
	struct gpt gpt;

	given(disk.blocks > 0 && disk.blocks <= UINT64_MAX / disk.block_size);
	any_value(header);
	any_value(table);
	if (read_header(&gpt, &disk, header, any64()))
		return 0;
	check_header(&disk, &gpt);
	gpt.size = GPT_ENTRY_MIN;
	/* in order: those before it have been accepted */
	for (uint32_t i = 0; i < index; i++)
		given(le64_load(table + i * GPT_ENTRY_MIN + GPT_START) <=
		      le64_load(table + i * GPT_ENTRY_MIN + GPT_END));
	if (check_entry(&gpt, table, index) == 0)
		check_place(&disk, &gpt, index);
	return 0;
}
