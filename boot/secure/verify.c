// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Step 5: believe nothing but the tree, and that only after looking. Until the sc 2 the host could
 * change everything; nothing but registers has crossed. A boot that stays normal goes the same way.
 */
#include "abi/power.h"
#include "boot/handover.h"
#include "boot/secure/accept.h"
#include "boot/secure/cpus.h"
#include "boot/secure/measure.h"
#include "boot/secure/secure.h"
#include "fdt/read.h"
#include "fdt/windows.h"
#include "lib/arch.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/rtas_blob.h"
#include "lib/stop.h"
#include "lib/string.h"

static int check_memory_types(const void *tree)
{
	int node;

	fdt_for_each_subnode(node, tree, 0) {
		const char *name = fdt_get_name(tree, node, NULL),
			   *type = dt_string(tree, node, "device_type");

		if (strncmp(name, "memory@", 7) == 0 && (!type || strcmp(type, "memory") != 0))
			return error(E_VERIFY_TREE, "%pQ is no memory", name);
	}
	return 0;
}

/*
 * What Linux relies on. In a VM that stays normal the host could take it away later anyway.
 */
static int check_platform(const struct guest *guest)
{
	int rc;

	if (!guest->is_secure)
		return 0;
	rc = cpus_verify(guest);
	return rc ? rc : check_memory_types(guest->tree);
}

static int read_rtas(struct guest *guest, const void *tree)
{
	int node = guest->outline.rtas;
	uint32_t base, entry, size, power_off;

	if (dt_u32(tree, node, "linux,rtas-base", &base) ||
	    dt_u32(tree, node, "linux,rtas-entry", &entry) ||
	    dt_u32(tree, node, "rtas-size", &size) || dt_u32(tree, node, "power-off", &power_off) ||
	    entry != base || base % RTAS_SPACE || size < sizeof(rtas_blob))
		return error(E_VERIFY_TREE, "/rtas");
	stop_set_power_off(power_off);
	range_make(&guest->rtas, base, (size + RTAS_SPACE - 1UL) & ~(RTAS_SPACE - 1));
	return 0;
}

static int read_payload(struct guest *guest, const void *tree)
{
	int chosen = guest->outline.chosen, frc;
	uint64_t base, size;

	/*
	 * Linux in a secure guest that kexecs pefboot comes as the ultravisor does: offset 0,
	 * MSR[S]=1. Its tree has what boot/secure/patch.c leaves: the record, and no DT_KERNEL.
	 */
	if (!fdt_getprop(tree, chosen, DT_KERNEL, NULL) &&
	    fdt_subnode_offset(tree, chosen, "pefboot") >= 0)
		return error(E_SECURE_ALREADY, "/chosen/pefboot without " DT_KERNEL);
	if (dt_u64_pair(tree, chosen, DT_KERNEL, &base, &size) ||
	    !range_make(&guest->kernel, base, size))
		return error(E_VERIFY_TREE, "/chosen/%s", DT_KERNEL);
	guest->kernel_final = (struct range){ 0, size };
	frc = dt_u32_or_u64(tree, chosen, "linux,initrd-start", &guest->initrd.start);
	if (frc == -FDT_ERR_NOTFOUND)
		return 0;
	if (frc || dt_u32_or_u64(tree, chosen, "linux,initrd-end", &guest->initrd.end) ||
	    guest->initrd.end < guest->initrd.start)
		return error(E_VERIFY_TREE, "/chosen/linux,initrd-*");
	return 0;
}

/* The kernel maps devices into the windows of a host bridge, so none may lie over memory. */
static int check_windows(const struct guest *guest, const struct dt_phb *phb)
{
	int value_size, frc;
	const uint8_t *at = fdt_getprop(guest->tree, phb->node, "ranges", &value_size);
	uint32_t size = at ? (uint32_t)value_size : 0;	/* none: nothing behind it can be mapped */
	struct dt_window window;

	while ((frc = dt_window_next(&window, &at, &size)) > 0)
		if (ranges_hit(&guest->outline.memory, window.cpu))
			return error(E_VERIFY_RANGE,
				     "window 0x%lx of host bridge 0x%lx over memory",
				     window.cpu.start, phb->buid);
	if (frc == -FDT_ERR_BADVALUE)
		return error(E_VERIFY_RANGE, "a window of host bridge 0x%lx wraps", phb->buid);
	return frc ? error(E_VERIFY_TREE, "ranges of host bridge 0x%lx", phb->buid) : 0;
}

static int check_phbs(const struct guest *guest)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < guest->outline.phbs; i++)
		rc = check_windows(guest, &guest->outline.phb[i]);
	return rc;
}

/* Of an ESM blob pefboot knows nothing, but that an ultravisor brings in where it lies. */
static int check_blob(const struct guest *guest)
{
	struct range blob = { 0, UINT64_MAX };
	int frc = dt_u32_or_u64(guest->tree, guest->outline.chosen, "linux,esm-blob-start",
				&blob.start);

	if (guest->is_secure && frc != -FDT_ERR_NOTFOUND && is_in_frame_0(blob))
		return error(E_VERIFY_RANGE, "ESM blob at 0x%lx, in frame 0", blob.start);
	return 0;
}

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

		if (range_size(part) && !ranges_contain(&guest->outline.memory, part))
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

/* An ultravisor's shared pages, or anybody's: nothing that we rely on may lie there. */
static int check_reservation(const struct guest *guest, struct range reserved)
{
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

int verify(struct guest *guest, const void *tree, uint64_t image, enum world world)
{
	int rc, options;

	*guest = (struct guest){ .tree = (void *)tree, .is_secure = msr_read() & MSR_S };
	if (world == WORLD_SECURE && !guest->is_secure)
		return error(E_NOT_SECURE, "msr=0x%lx", msr_read());
	rc = accept_tree(tree);
	if (rc)
		return rc;
	rc = dt_outline(&guest->outline, tree, TREE_SPACE);
	if (rc)
		return error(E_VERIFY_TREE, "%s", fdt_strerror(rc));
	guest->image = (struct range){ image, image + image_footprint() };
	options =
		options_parse(&guest->options, dt_string(tree, guest->outline.chosen, "bootargs"));
	log_set_level(guest->options.log);
	/*
	 * A bad option may come from a changed command line: measure() comes first
	 */
	if ((rc = check_platform(guest)) || (rc = read_rtas(guest, tree)) ||
	    (rc = read_payload(guest, tree)) || (rc = check_ranges(guest)) ||
	    (rc = check_blob(guest)) ||
	    (rc = check_phbs(guest)) || (rc = measure_find(guest)) ||
	    (rc = check_reservations(guest)) || (rc = accept_memory(guest)) ||
	    (rc = measure(guest)) || (rc = options))
		return rc;
	if (memcmp((const void *)guest->rtas.start, rtas_blob, sizeof(rtas_blob)) != 0)
		return error(E_VERIFY_RTAS, "at 0x%lx", guest->rtas.start);
	log_step(STEP_VERIFY, "world=%s tree=%u kernel=%s initrd=%s cmdline=%s", world_name(guest),
		 fdt_totalsize(tree), verified_name(guest), verified_name(guest),
		 verified_name(guest));
	return 0;
}
