// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/measured_disk.h"

#include "abi/vtpm.h"
#include "boot/normal/disk_gpt.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/string.h"

/*
 * UEFI_GPT_DATA (TCG PC Client Platform Firmware Profile 1.05, 10.4.2): header, u64 count, and the
 * entries that are in use.
 */
static int make_gpt_data(struct disk_scratch *scratch, struct range *table)
{
	const uint8_t *entry = scratch->table;
	uint32_t count = le32_load(scratch->gpt_header + GPT_ENTRY_COUNT);
	uint32_t size = le32_load(scratch->gpt_header + GPT_ENTRY_SIZE), used = 0;
	uint8_t *at = scratch->head + GPT_HEADER_MIN + 8;

	for (; count; count--, entry += size) {
		if (!gpt_entry_is_used(entry))
			continue;
		if (size > (size_t)(scratch->head + sizeof(scratch->head) - at))
			return error(E_TPM_LOG, "over %u partitions", used);
		memcpy(at, entry, size);
		at += size;
		used++;
	}
	memcpy(scratch->head, scratch->gpt_header, GPT_HEADER_MIN);
	le64_store(scratch->head + GPT_HEADER_MIN, used);
	*table = (struct range){ (uintptr_t)scratch->head, (uintptr_t)at };
	return 0;
}

int measured_disk_table(struct disk_scratch *scratch, uint32_t *type, struct range *table)
{
	*table = (struct range){ 0, 0 };
	if (strcmp(scratch->kind, "gpt") == 0) {
		*type = EV_EFI_GPT_EVENT;
		return make_gpt_data(scratch, table);
	}
	*type = EV_IPL_PARTITION_DATA;
	if (strcmp(scratch->kind, "mbr") == 0)
		*table = (struct range){ (uintptr_t)scratch->mbr_table,
					 (uintptr_t)scratch->mbr_table + MBR_TABLE_SIZE };
	return 0;
}
