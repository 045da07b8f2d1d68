// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/nvram.h"

#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "lib/rtas.h"
#include "lib/string.h"

#define BLOCK	 16U		/* lengths are counted in these: LoPAR 8.4 */
#define NVRAM_MIN 0x4000U
#define BLOCKS_MAX 0xffffU

struct nvram {
	uint32_t fetch, store;	/* RTAS tokens */
	uint32_t size;		/* bytes */
};

/* What stands at the beginning of a partition. */
struct head {
	uint8_t signature, checksum;
	be16 blocks;
	char name[12];
	uint8_t data[8];	/* of a log: where it begins, what it holds */
};
_Static_assert(sizeof(struct head) == 24, "LoPAR 8.4, and what follows");

/* 0x51 firmware's log, 0x70 common, 0x7f free: LoPAR table "NVRAM Signatures". 0: the rest */
static const struct {
	struct head head;
	uint16_t blocks;
} partitions[] = {
	{ { .signature = 0x51, .name = "ibm,CPU0log", .data = { 0, 0x40, [7] = 1 } }, 0x200 },
	{ { .signature = 0x51, .name = "ibm,CPU1log", .data = { 0, 0x40, [7] = 1 } }, 0x80 },
	{ { .signature = 0x70, .name = "common" }, 0x100 },
	{ { .signature = 0x7f, .name = "free space" }, 0 },
};

/* nvram-fetch and nvram-store: index, address, bytes -> status, bytes done. LoPAR 7.3.3 */
static bool transfer(uint32_t token, uint32_t at, struct head *head)
{
	const uint32_t args[] = { at, (uint32_t)(uintptr_t)head, sizeof(*head) };
	uint32_t done = 0;
	int status = rtas_call(token, args, 3, &done, 2);

	__asm__ volatile("" : : "r"(head) : "memory");
	if (status == RTAS_SUCCESS && done == sizeof(*head))
		return true;
	log_notice("notice: NVRAM left as it is: RTAS -> %d", status);
	return false;
}

static void set_length(struct head *head, uint32_t blocks)
{
	const uint8_t *byte = (const uint8_t *)head;
	uint32_t sum = 0;

	head->blocks = be16_make((uint16_t)blocks);
	for (uint32_t i = 0; i < BLOCK; i++)	/* the checksum itself is 0 still */
		sum += byte[i];
	head->checksum = (uint8_t)(sum + (sum >> 8));
}

static void write_partitions(const struct nvram *nvram, struct head *head)
{
	uint32_t at = 0;

	for (size_t i = 0; i < sizeof(partitions) / sizeof(partitions[0]); i++) {
		uint32_t blocks = partitions[i].blocks ?: (nvram->size - at) / BLOCK;

		*head = partitions[i].head;
		set_length(head, blocks < BLOCKS_MAX ? blocks : BLOCKS_MAX);
		if (!transfer(nvram->store, at, head))
			return;
		at += blocks * BLOCK;
	}
}

static bool find(struct nvram *nvram, const void *tree, const struct dt_outline *outline)
{
	const int node = outline->nvram, rtas = outline->rtas;

	return node >= 0 && !dt_u32(tree, node, "#bytes", &nvram->size) &&
	       !dt_u32(tree, rtas, "nvram-fetch", &nvram->fetch) &&
	       !dt_u32(tree, rtas, "nvram-store", &nvram->store) && nvram->size >= NVRAM_MIN;
}

void nvram_format(const struct machine *machine)
{
	static const struct head empty;
	struct head *head = machine->home.scrap;	/* RTAS takes 32 bits */
	struct nvram nvram;

	if (find(&nvram, machine->home.tree, &machine->outline) && transfer(nvram.fetch, 0, head) &&
	    memcmp(head, &empty, sizeof(empty)) == 0)
		write_partitions(&nvram, head);
}
