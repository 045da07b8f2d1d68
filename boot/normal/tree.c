// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/tree.h"

#include "abi/papr.h"
#include "boot/doors/door.h"
#include "boot/normal/tree_canonical.h"
#include "fdt/edit.h"
#include "fdt/evidence.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/fail.h"
#include "lib/hcall.h"
#include "lib/log.h"
#include "lib/names.h"
#include "lib/rtas_blob.h"

/* Left free for later editors: the ultravisor adds reservations, Linux nothing. */
#define SLACK 4096

static int add_rtas(const struct home *home)
{
	int node = fdt_path_offset(home->tree, "/rtas"), frc;
	uint32_t base = (uint32_t)home->rtas;	/* below 768 MiB: boot/doors/home.c */

	if (node < 0)
		return node;
	frc = fdt_setprop_u32(home->tree, node, "linux,rtas-base", base);
	if (frc == 0)
		frc = fdt_setprop_u32(home->tree, node, "linux,rtas-entry", base);
	if (frc == 0)
		frc = fdt_setprop_u32(home->tree, node, "slof,rtas-size", sizeof(rtas_blob));
	return frc;
}

static int add_times(void *tree)
{
	fdt64_t times[DT_TIMES_COUNT];

	for (int step = STEP_ENTRY; step < STEP_TRANSITION; step++)
		times[step - 1] = cpu_to_fdt64(log_step_time((enum step)step));
	times[STEP_TRANSITION - 1] = cpu_to_fdt64(timebase());
	return fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), DT_TIMES, times, sizeof(times));
}

static int add_kernel(void *tree, const struct payload *payload)
{
	const fdt64_t place[2] = { cpu_to_fdt64(payload->kernel.start),
				   cpu_to_fdt64(range_size(payload->kernel)) };

	return fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), DT_KERNEL, place, sizeof(place));
}

/* An initrd which QEMU does not know of. Two cells, as QEMU writes them: it lies below 4 GiB. */
static int add_initrd(void *tree, const struct payload *payload)
{
	int chosen = fdt_path_offset(tree, "/chosen"), frc;

	if (range_size(payload->initrd) == 0 ||
	    fdt_getprop(tree, chosen, "linux,initrd-start", NULL))
		return 0;
	frc = fdt_setprop_u32(tree, chosen, "linux,initrd-start", (uint32_t)payload->initrd.start);
	return frc ? frc : fdt_setprop_u32(tree, chosen, "linux,initrd-end",
					   (uint32_t)payload->initrd.end);
}

/*
 * An ultravisor refuses a tree without a command line (svm-esm.c:488 svm_esm_blob_chk()), and QEMU
 * writes none without -append.
 */
static int add_bootargs(void *tree)
{
	int chosen = fdt_path_offset(tree, "/chosen");

	return fdt_getprop(tree, chosen, "bootargs", NULL) ?
		       0 : fdt_setprop_string(tree, chosen, "bootargs", "");
}

/* The record of a previous boot, or one that the host made up: this boot writes its own. */
static int drop_record(void *tree)
{
	int node = fdt_path_offset(tree, "/chosen/pefboot");

	return node < 0 ? 0 : fdt_nop_node(tree, node);
}

/* RTAS of the previous boot, when kexec started us: it will not be called again. */
static struct range old_rtas(const struct machine *machine)
{
	const void *handed = machine->home.handed;
	uint32_t base;

	if (machine->home.door != DOOR_KEXEC ||
	    dt_u32(handed, fdt_path_offset(handed, "/rtas"), "linux,rtas-base", &base))
		return (struct range){ 0, 0 };
	return (struct range){ base, base + machine->rtas.size };
}

/* QEMU reserves kernel and initrd as loaded. The kernel moves away and reserves what it needs. */
static int add_reservations(struct machine *machine, const struct payload *payload,
			    const struct ranges *own)
{
	struct ranges keep = *own;

	for (size_t i = 0; i < machine->reserved.count; i++) {
		const struct range range = machine->reserved.item[i];

		if (range_overlaps(range, payload->kernel) ||
		    range_overlaps(range, payload->initrd) ||
		    range_overlaps(range, payload->bundle) ||
		    range_overlaps(range, old_rtas(machine)))
			continue;
		if (!ranges_add(&keep, range))
			return -FDT_ERR_NOSPACE;
	}
	if (!ranges_add(&keep,
			(struct range){ machine->home.rtas, machine->home.rtas + RTAS_SPACE }))
		return -FDT_ERR_NOSPACE;
	return dt_set_reservations(machine->home.tree, &keep);
}

/* As prom_init.c does; of a secure guest step 6 writes it, too. */
static int add_iommu_off(void *tree, const struct payload *payload)
{
	return payload->options.params.iommu_off ?
		       fdt_setprop_empty(tree, fdt_path_offset(tree, "/chosen"),
					 "linux,iommu-off") :
		       0;
}

/* What is the same for both kinds of boot. */
static int edit_tree(struct machine *machine, const struct payload *payload,
		     const struct ranges *own)
{
	void *tree = machine->home.tree;
	int frc;

	if ((frc = drop_record(tree)) || (frc = add_reservations(machine, payload, own)) ||
	    (frc = add_rtas(&machine->home)) || (frc = add_kernel(tree, payload)) ||
	    (frc = add_times(tree)) || (frc = add_initrd(tree, payload)) ||
	    (frc = add_iommu_off(tree, payload)))
		return frc;
	return 0;
}

static int close_tree(void *tree)
{
	int frc = dt_close(tree, SLACK);

	return frc ? error(E_TREE_EDIT, "%s", fdt_strerror(frc)) : 0;
}

int tree_finish(struct machine *machine, const struct payload *payload, const struct ranges *own,
		bool secure)
{
	int64_t hrc;
	int rc, frc = edit_tree(machine, payload, own);
	void *tree;

	if (frc == 0 && secure)
		frc = add_bootargs(machine->home.tree);
	if (frc)
		return error(E_TREE_EDIT, "%s", fdt_strerror(frc));
	if ((secure && (rc = tree_canonicalise(&machine->home))) ||
	    (rc = close_tree(machine->home.tree)))
		return rc;
	tree = machine->home.tree;
	evidence_tree(tree, "/rtas", "linux,rtas-base");
	evidence_tree(tree, "/rtas", "linux,rtas-entry");
	evidence_tree(tree, "/rtas", "slof,rtas-size");
	evidence_tree(tree, "/chosen", DT_KERNEL);
	hrc = HCALL(KVMPPC_H_UPDATE_DT, (uintptr_t)tree);
	if (hrc)
		return error(E_UPDATE_DT, "%s (%ld), %u bytes", h_name(hrc), (long)hrc,
			     fdt_totalsize(tree));
	return 0;
}
