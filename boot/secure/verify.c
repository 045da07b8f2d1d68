// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Step 5: believe nothing but the tree, and that only after looking. Until the sc 2 the host could
 * change everything; nothing but registers has crossed. A boot that stays normal goes the same way.
 */
#include "abi/power.h"
#include "boot/doors/door.h"
#include "boot/main.h"
#include "boot/normal/tree.h"
#include "boot/secure/cpus.h"
#include "boot/secure/measure.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/rtas.h"
#include "lib/stop.h"
#include "lib/string.h"

/* One entry of "ranges", bytes */
#define WINDOW_SIZE  28
#define WINDOW_CPU   12
#define WINDOW_BYTES 20

extern uint8_t __footprint[], __start[];

static int read_rtas(struct secure *secure, const void *tree)
{
	int node = secure->outline.rtas;
	uint32_t base, entry, size, power_off;

	if (dt_u32(tree, node, "linux,rtas-base", &base) ||
	    dt_u32(tree, node, "linux,rtas-entry", &entry) || dt_u32(tree, node, "rtas-size", &size) ||
	    dt_u32(tree, node, "power-off", &power_off) || entry != base || size < sizeof(rtas_blob))
		return error(E_VERIFY_TREE, "/rtas");
	stop_set_power_off(power_off);
	range_make(&secure->rtas, base, (size + RTAS_SPACE - 1UL) & ~(RTAS_SPACE - 1));
	return 0;
}

static int read_payload(struct secure *secure, const void *tree)
{
	int chosen = secure->outline.chosen, frc;
	uint64_t base, size;

	/*
	 * Linux in a secure guest that kexecs pefboot comes as the ultravisor does: offset 0, MSR[S]=1. Its tree
	 * has what boot/secure/patch.c leaves: the record, no word of ours on the kernel.
	 */
	if (!fdt_getprop(tree, chosen, DT_KERNEL, NULL) && fdt_subnode_offset(tree, chosen, "pefboot") >= 0)
		return error(E_SECURE_ALREADY, "/chosen/pefboot without " DT_KERNEL);
	if (dt_u64_pair(tree, chosen, DT_KERNEL, &base, &size) ||
	    !range_make(&secure->kernel, base, size))
		return error(E_VERIFY_TREE, "/chosen/%s", DT_KERNEL);
	secure->kernel_final = (struct range){ 0, size };
	frc = dt_u32_or_u64(tree, chosen, "linux,initrd-start", &secure->initrd.start);
	if (frc == -FDT_ERR_NOTFOUND)
		return 0;
	if (frc || dt_u32_or_u64(tree, chosen, "linux,initrd-end", &secure->initrd.end) ||
	    secure->initrd.end < secure->initrd.start)
		return error(E_VERIFY_TREE, "/chosen/linux,initrd-*");
	return 0;
}

/*
 * The windows of a host bridge, "ranges": child address (3 cells), CPU address (2), size (2). The
 * kernel maps devices there, so none may lie over memory.
 */
static int check_windows(const struct secure *secure, const struct dt_phb *phb)
{
	int size;
	const uint8_t *at = fdt_getprop(secure->tree, phb->node, "ranges", &size);
	struct range window;

	if (!at)
		return 0;	/* nothing behind it can be mapped */
	if (size % WINDOW_SIZE)
		return error(E_VERIFY_TREE, "ranges of host bridge 0x%lx", phb->buid);
	for (; size; size -= WINDOW_SIZE, at += WINDOW_SIZE)
		if (!range_make(&window, be64_load(at + WINDOW_CPU), be64_load(at + WINDOW_BYTES)) ||
		    ranges_hit(&secure->outline.memory, window))
			return error(E_VERIFY_RANGE, "window 0x%lx of host bridge 0x%lx over memory",
				     be64_load(at + WINDOW_CPU), phb->buid);
	return 0;
}

static int check_phbs(const struct secure *secure)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < secure->outline.phbs; i++)
		rc = check_windows(secure, &secure->outline.phb[i]);
	return rc;
}

/* Each inside memory, none over another; the kernel also where it will move itself. */
static int check_ranges(struct secure *secure)
{
	const struct range tree = { (uintptr_t)secure->tree,
				    (uintptr_t)secure->tree + fdt_totalsize(secure->tree) };
	const struct {
		const char *name;
		struct range range;
	} parts[] = {
		{ "kernel", secure->kernel }, { "initrd", secure->initrd }, { "rtas", secure->rtas },
		{ "tree", tree },	      { "pefboot", secure->image },
	};
	const size_t count = sizeof(parts) / sizeof(parts[0]);

	for (size_t i = 0; i < count; i++) {
		struct range part = parts[i].range;

		if (range_size(part) && !ranges_contain(&secure->outline.memory, part))
			return error(E_VERIFY_RANGE, "%s 0x%lx-0x%lx is not in memory",
				     parts[i].name, part.start, part.end);
		/* kernel and pefboot may lie where the kernel moves to: the one moves, the other is done */
		if (i > 0 && i < count - 1 && range_overlaps(part, secure->kernel_final))
			return error(E_VERIFY_RANGE, "%s 0x%lx-0x%lx where the kernel moves to",
				     parts[i].name, part.start, part.end);
		for (size_t j = 0; j < i; j++)
			if (range_overlaps(part, parts[j].range))
				return error(E_VERIFY_RANGE, "%s 0x%lx-0x%lx over %s", parts[i].name,
					     part.start, part.end, parts[j].name);
		if (!ranges_add(&secure->taken, part))
			return error(E_TOO_MANY, "ranges");
	}
	return 0;
}

/* An ultravisor's shared pages, or anybody's: nothing that we rely on may lie there. */
static int check_reservation(const struct secure *secure, struct range reserved)
{
	for (size_t i = 0; i < secure->taken.count; i++) {
		const struct range part = secure->taken.item[i];

		if (range_overlaps(part, reserved) && part.start != secure->rtas.start)
			return error(E_VERIFY_RANGE, "reservation 0x%lx-0x%lx over 0x%lx-0x%lx",
				     reserved.start, reserved.end, part.start, part.end);
	}
	if (range_overlaps(reserved, secure->bundle) || range_overlaps(reserved, secure->kernel_final))
		return error(E_VERIFY_RANGE, "reservation 0x%lx-0x%lx over bundle or kernel",
			     reserved.start, reserved.end);
	return 0;
}

static int check_reservations(struct secure *secure)
{
	struct ranges reserved = { 0 };
	int rc;

	if (dt_reservations(secure->tree, &reserved))
		return error(E_VERIFY_TREE, "memory reservations");
	for (size_t i = 0; i < reserved.count; i++) {
		if (secure->is_secure && tree_is_own(reserved.item[i]))
			continue;
		rc = check_reservation(secure, reserved.item[i]);
		if (rc)
			return rc;
		ranges_add(&secure->reserved, reserved.item[i]);
	}
	for (size_t i = 0; i < secure->reserved.count; i++)
		if (!ranges_add(&secure->taken, secure->reserved.item[i]))
			return error(E_TOO_MANY, "reservations");
	if (!ranges_add(&secure->taken, secure->kernel_final) ||
	    !ranges_add(&secure->taken, secure->bundle))
		return error(E_TOO_MANY, "ranges");
	return 0;
}

int verify(struct secure *secure, const void *tree, uint64_t door, uint64_t image)
{
	int rc, options;

	*secure = (struct secure){ .tree = (void *)tree, .is_secure = msr_read() & MSR_S };
	if (door == DOOR_ULTRAVISOR && !secure->is_secure)
		return error(E_NOT_SECURE, "msr=0x%lx", msr_read());
	rc = dt_outline(&secure->outline, tree, TREE_SPACE);
	if (rc)
		return error(E_VERIFY_TREE, "%s", fdt_strerror(rc));
	secure->image = (struct range){ image, image + ((uintptr_t)__footprint - (uintptr_t)__start) };
	options = options_parse(&secure->options, dt_string(tree, secure->outline.chosen, "bootargs"));
	log_set_level(secure->options.log);
	/* A word is wrong because somebody changed the command line? measure() says so, hence last */
	if ((rc = basics_check(secure)) || (rc = read_rtas(secure, tree)) ||
	    (rc = read_payload(secure, tree)) || (rc = check_ranges(secure)) || (rc = check_phbs(secure)) || (rc = measure_find(secure)) ||
	    (rc = check_reservations(secure)) || (rc = measure(secure)) || (rc = options))
		return rc;
	if (memcmp((const void *)secure->rtas.start, rtas_blob, sizeof(rtas_blob)) != 0)
		return error(E_VERIFY_RTAS, "at 0x%lx", secure->rtas.start);
	log_step(STEP_VERIFY, "world=%s tree=%u kernel=%s initrd=%s cmdline=%s", world_name(secure),
		 fdt_totalsize(tree), verified_name(secure), verified_name(secure),
		 verified_name(secure));
	return 0;
}
