// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/start/divide.h"

#include "fdt/outline.h"
#include "fdt/read.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"

/* QEMU's memory blocks: the ultravisor gets one, the guest half of the others. */
#define GRANULE	   (256UL << 20)

extern uint8_t __start[], __footprint[];	/* linker/ultravisor.lds */

uint64_t image_footprint(void)
{
	return (uintptr_t)__footprint - (uintptr_t)__start;
}

/* The size of memory, which must have no holes. */
static uint64_t size_memory(const struct ranges *memory)
{
	uint64_t end = 0, total = 0;

	for (size_t i = 0; i < memory->count; i++) {
		total += range_size(memory->item[i]);
		if (memory->item[i].end > end)
			end = memory->item[i].end;
	}
	if (total != end)
		uv_fail(E_UV_TREE, "memory with holes: 0x%lx bytes up to 0x%lx", total, end);
	return total;
}

void divide_memory(const void *tree)
{
	static struct dt_outline outline;
	int frc = dt_outline(&outline, tree, TREE_SPACE, DT_BRIEF);

	if (frc)
		uv_fail(E_UV_TREE, "%s", fdt_strerror(frc));
	platform.memory = size_memory(&outline.memory);
	if (platform.memory < 3 * GRANULE)
		uv_fail(E_UV_MEMORY, "%lu MiB", platform.memory >> 20);
	platform.guest = (platform.memory - GRANULE) / 2 & ~(GRANULE - 1);
	platform.slots = platform.memory - platform.guest;
	platform.own = (struct range){ platform.guest, platform.slots };
	platform.own_used = platform.own.start + image_footprint();
}

void divide_own(void)
{
	platform.tree = real(own_alloc(TREE_SPACE, 4096));
	platform.spare = real(own_alloc(TREE_SPACE, 4096));
	if (!radix_init() || !memory_init())
		uv_fail(E_UV_MEMORY, "no room for the tables of %lu MiB", platform.guest >> 20);
}
