// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/doors/arrive.h"

#include "boot/doors/kexec_cleanup.h"
#include "boot/doors/open_firmware.h"
#include "boot/handover.h"
#include "lib/bundle.h"
#include "lib/fail.h"

/*
 * Kexec and Open Firmware's loaders put an ELF file into memory whole: a boot bundle is there, with
 * us as its head. A broken manifest counts, too: step 3 reports what is wrong with it.
 */
static void find_bundle(struct arrival *arrival)
{
	const void *image = (const void *)arrival->image.start;
	struct bundle bundle;

	if (arrival->door == DOOR_BIOS || !bundle_present(image, BUNDLE_MANIFEST_END))
		return;
	if (bundle_parse(&bundle, image, BUNDLE_MANIFEST_END) ||
	    !range_make(&arrival->bundle, arrival->image.start, bundle.total_size))
		arrival->bundle = arrival->image;
}

/* Open Firmware is used up here: exception vectors are its own until then. */
static int leave_open_firmware(struct arrival *arrival, const struct entry_registers *entry)
{
	struct range initrd;

	if (!range_make(&initrd, entry->r3, entry->r4))
		return error(E_INITRD_RANGE, "0x%lx+0x%lx", entry->r3, entry->r4);
	return open_firmware_leave(&arrival->tree, entry->r5, initrd, arrival_range(arrival));
}

int arrive(struct arrival *arrival, const struct entry_registers *entry)
{
	*arrival = (struct arrival){
		.door = entry->door,
		.tree = (const void *)entry->r3,
		.image = { entry->image, entry->image + image_footprint() },
	};
	if (arrival->door == DOOR_KEXEC)	/* before anything that may fault */
		kexec_reset_modes();
	find_bundle(arrival);
	return arrival->door == DOOR_OPEN_FIRMWARE ? leave_open_firmware(arrival, entry) : 0;
}
