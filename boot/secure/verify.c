// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Step 5: believe nothing but the tree, and that only after looking. Until the sc 2 the host could
 * change everything; nothing but registers has crossed. A boot that stays normal goes the same way.
 */
#include "boot/handover.h"
#include "boot/secure/accept.h"
#include "boot/secure/measure.h"
#include "boot/secure/secure.h"
#include "boot/secure/tree_canonical.h"
#include "boot/secure/tree_platform.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/fail.h"
#include "lib/kernel.h"
#include "lib/log.h"
#include "lib/rtas_blob.h"
#include "lib/string.h"

/* Each inside memory, none over another; the kernel also where it will move itself. */
static int check_ranges(struct guest *guest)
{
	const struct range tree = { (uintptr_t)guest->tree,
				    (uintptr_t)guest->tree + fdt_totalsize(guest->tree) };
	const struct {
		const char *name;
		struct range range;
	} parts[] = {
		{ "kernel", guest->kernel }, { "initrd", guest->initrd }, { "rtas", guest->rtas },
		{ "tree", tree },	      { "pefboot", guest->image },
	};
	const size_t count = sizeof(parts) / sizeof(parts[0]);

	for (size_t i = 0; i < count; i++) {
		struct range part = parts[i].range;

		if (range_size(part) && !ranges_contain(&guest->memory, part))
			return error(E_VERIFY_RANGE, "%s 0x%lx-0x%lx is not in memory",
				     parts[i].name, part.start, part.end);
		if (guest->is_secure && is_in_frame_0(part))
			return error(E_VERIFY_RANGE, "%s 0x%lx-0x%lx in frame 0", parts[i].name,
				     part.start, part.end);
		/*
		 * kernel and pefboot may lie where the kernel moves to: the one moves, the other is
		 * no longer needed
		 */
		if (i > 0 && i < count - 1 && range_overlaps(part, guest->kernel_final))
			return error(E_VERIFY_RANGE, "%s 0x%lx-0x%lx where the kernel moves to",
				     parts[i].name, part.start, part.end);
		for (size_t j = 0; j < i; j++)
			if (range_overlaps(part, parts[j].range))
				return error(E_VERIFY_RANGE, "%s 0x%lx-0x%lx over %s",
					     parts[i].name, part.start, part.end, parts[j].name);
		if (!ranges_add(&guest->taken, part))
			return error(E_TOO_MANY, "ranges");
	}
	return 0;
}

/*
 * An ultravisor's shared pages, or anybody's: nothing that we rely on may lie there. What is
 * reserved is not accepted (boot/secure/accept.c), so that nobody may reserve what is no memory.
 */
static int check_reservation(const struct guest *guest, struct range reserved)
{
	if (guest->is_secure && !ranges_contain(&guest->memory, reserved))
		return error(E_VERIFY_RANGE, "reservation 0x%lx-0x%lx is not in memory",
			     reserved.start, reserved.end);
	for (size_t i = 0; i < guest->taken.count; i++) {
		const struct range part = guest->taken.item[i];

		if (range_overlaps(part, reserved) && part.start != guest->rtas.start)
			return error(E_VERIFY_RANGE, "reservation 0x%lx-0x%lx over 0x%lx-0x%lx",
				     reserved.start, reserved.end, part.start, part.end);
	}
	if (range_overlaps(reserved, guest->bundle) ||
	    range_overlaps(reserved, guest->kernel_final))
		return error(E_VERIFY_RANGE, "reservation 0x%lx-0x%lx over bundle or kernel",
			     reserved.start, reserved.end);
	return 0;
}

static int check_reservations(struct guest *guest)
{
	struct ranges reserved = { 0 };
	int rc;

	if (dt_reservations(guest->tree, &reserved))
		return error(E_VERIFY_TREE, "memory reservations");
	for (size_t i = 0; i < reserved.count; i++) {
		if (guest->is_secure && is_handover_reservation(reserved.item[i]))
			continue;
		/* what is left of a frame that is an ultravisor's in part must not be Linux's */
		if (guest->is_secure)
			reserved.item[i] = whole_frames(reserved.item[i]);
		rc = check_reservation(guest, reserved.item[i]);
		if (rc)
			return rc;
		ranges_add(&guest->reserved, reserved.item[i]);
	}
	for (size_t i = 0; i < guest->reserved.count; i++)
		if (!ranges_add(&guest->taken, guest->reserved.item[i]))
			return error(E_TOO_MANY, "reservations");
	if (!ranges_add(&guest->taken, guest->kernel_final) ||
	    !ranges_add(&guest->taken, guest->bundle))
		return error(E_TOO_MANY, "ranges");
	return 0;
}

/* As step 4 did, but with the kernel and the command line that were measured. */
static int check_mark(const struct guest *guest)
{
	const struct range kernel = guest->kernel;

	if (!guest->is_secure || guest->options.any_kernel)
		return 0;
	if (range_size(kernel) < KERNEL_MARK_AT + KERNEL_MARK_SIZE ||
	    !kernel_has_mark((const void *)kernel.start))
		return error(E_MARK_GONE, "no mark at 0x%lx", kernel.start + KERNEL_MARK_AT);
	return 0;
}

int verify(struct guest *guest, const void *tree, uint64_t image, enum world world)
{
	int rc, options;

	*guest = (struct guest){ .tree = (void *)tree, .is_secure = msr_is_secure() };
	if (world == WORLD_SECURE && !guest->is_secure)
		return error(E_NOT_SECURE, "msr=0x%lx", msr_read());
	rc = accept_tree(tree);
	if (rc)
		return rc;
	guest->image = (struct range){ image, image + image_footprint() };
	rc = guest->is_secure ? tree_read_canonical(guest) : tree_read_platform(guest);
	if (rc)
		return rc;
	options = options_parse(&guest->options, guest->bootargs);
	log_set_level(guest->options.log);
	/*
	 * A bad option may come from a changed command line: measure() comes first
	 */
	if ((rc = check_ranges(guest)) || (rc = measure_find(guest)) ||
	    (rc = check_reservations(guest)) || (rc = accept_memory(guest)) ||
	    (rc = measure(guest)) || (rc = options) || (rc = check_mark(guest)))
		return rc;
	if (memcmp((const void *)guest->rtas.start, rtas_blob, sizeof(rtas_blob)) != 0)
		return error(E_VERIFY_RTAS, "at 0x%lx", guest->rtas.start);
	log_step(STEP_VERIFY, "world=%s tree=%u kernel=%s initrd=%s cmdline=%s%s%s",
		 world_name(guest), fdt_totalsize(tree), verified_name(guest),
		 verified_name(guest), verified_name(guest), *guest->measured ? " sha512=" : "",
		 guest->measured);
	return 0;
}
