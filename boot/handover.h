/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that the two worlds know of each other. The normal world leaves a device tree; the secure
 * world reads it and believes nothing of it. boot/normal/ and boot/secure/ include this, and never
 * each other.
 */
#ifndef BOOT_HANDOVER_H
#define BOOT_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/papr.h"	/* TREE_SPACE */
#include "abi/pef.h"
#include "lib/range.h"

#define RTAS_SPACE 0x10000UL	/* at least rtas-size, and a whole page of the ultravisor */

/*
 * What must stay reachable in real mode lies below: as high as an ultravisor accepts, which caps it
 * at 768 MiB (open-power/ultravisor svm/svm-fdt.c:355). Linux puts RTAS there, too.
 */
#define REAL_MODE_CEILING 0x30000000UL

/* /chosen: where the kernel was loaded, two u64: address, bytes. */
#define DT_KERNEL "pefboot,kernel"

/* /chosen: the ESM blob, a u64 each; the ultravisor's alone to read */
#define DT_BLOB_START "linux,esm-blob-start"
#define DT_BLOB_END   "linux,esm-blob-end"

/* /chosen: when steps 1 to 4 came, four u64 in time base ticks. Goes into the record. */
#define DT_TIMES  "pefboot,times"
#define DT_TIMES_COUNT 4

/*
 * A reservation that keeps an ultravisor from putting its shared pages over us: it allocates what
 * is not reserved (open-power/ultravisor svm/svm-fdt.c). Its end is not aligned to the ultravisor's
 * pages, so that the secure stage can tell it from those that it must respect.
 */
static inline struct range handover_reservation(struct range range)
{
	if (range.end % (1UL << UV_PAGE_SHIFT) == 0 && range.end >= 8)
		range.end -= 8;
	return range;
}

static inline bool is_handover_reservation(struct range reservation)
{
	return reservation.end % (1UL << UV_PAGE_SHIFT) != 0;
}

/* Bytes of the image in memory with bss and stack, a multiple of 64 KiB: linker/pefboot.lds. */
static inline uint64_t image_footprint(void)
{
	extern uint8_t __start[], __footprint[];

	return (uintptr_t)__footprint - (uintptr_t)__start;
}

#endif /* BOOT_HANDOVER_H */
