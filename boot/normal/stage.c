// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/stage.h"

#include "abi/image.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/string.h"

#define ALIGN 0x10000UL	/* kbase: a page of the ultravisor, and what Linux expects of its own */

int stage_place(uint64_t *kbase, const struct machine *machine, const struct payload *payload)
{
	const struct image_header *header;
	uint64_t footprint = range_size(machine->home.image), kernel = payload->kernel.start;
	struct range stage = { kernel - footprint, kernel };
	uint32_t size;

	if (range_size(payload->bundle)) {	/* the image is there, as the disk has it */
		*kbase = payload->bundle.start;
		return 0;
	}
	if (kernel % ALIGN || kernel < footprint ||
	    !ranges_contain(&machine->outline.memory, stage) ||
	    range_overlaps(stage, payload->initrd) || range_overlaps(stage, machine->home.all))
		return error(E_NO_STAGE, "kernel at 0x%lx, stage of 0x%lx bytes", kernel,
			     footprint);
	header = (const void *)(machine->home.image.start + IMAGE_HEADER_AT);
	size = be32_load(header->image_end);
	memcpy((void *)stage.start, (const void *)machine->home.image.start, size);
	memset((void *)(stage.start + size), 0, footprint - size);
	*kbase = stage.start;
	return 0;
}

struct range stage_empty_initrd(const struct home *home)
{
	/* One entry, "TRAILER!!!", padded to 512 bytes: cpio(5), new ASCII format */
	static const char trailer[] = "070701"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000001"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "0000000B"
				      "00000000"
				      "TRAILER!!!";
	uint8_t *at = home->scrap;

	memset(at, 0, 512);
	memcpy(at, trailer, sizeof(trailer));
	return (struct range){ (uintptr_t)at, (uintptr_t)at + 512 };
}

void stage_reserve(struct ranges *own, const struct machine *machine, const struct payload *payload,
		   uint64_t kbase)
{
	*own = (struct ranges){ 0 };	/* far from full */
	ranges_add(own, handover_reservation(
				(struct range){ machine->home.all.start, machine->home.rtas }));
	ranges_add(own, handover_reservation(
				(struct range){ kbase, kbase + range_size(machine->home.image) }));
	ranges_add(own, handover_reservation(payload->kernel));
	ranges_add(own, handover_reservation(payload->bundle));
	ranges_add(own, handover_reservation(payload->initrd));
}
