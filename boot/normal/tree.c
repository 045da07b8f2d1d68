// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/tree.h"

#include "abi/papr.h"
#include "boot/doors/door.h"
#include "boot/normal/cas.h"
#include "boot/normal/tree_canonical.h"
#include "fdt/edit.h"
#include "fdt/evidence.h"
#include "fdt/insert.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/hcall.h"
#include "lib/log.h"
#include "lib/names.h"
#include "lib/rtas_blob.h"

/* Left free for later editors: the ultravisor adds reservations, Linux nothing. */
#define SLACK 4096

static int add_rtas(const struct home *home)
{
	/* below 768 MiB: boot/doors/home.c */
	const be32 base = be32_make((uint32_t)home->rtas);
	const be32 size = be32_make(sizeof(rtas_blob));
	const int node = dt_find(home->tree, "/rtas");
	struct dt_insertion list[] = {
		{ .name = "linux,rtas-base", .value = &base, .size = sizeof(base), .node = node },
		{ .name = "linux,rtas-entry", .value = &base, .size = sizeof(base), .node = node },
		{ .name = "slof,rtas-size", .value = &size, .size = sizeof(size), .node = node },
	};

	return node < 0 ? node : dt_insert(home->tree, list, sizeof(list) / sizeof(list[0]));
}

/* What goes into /chosen. */
struct chosen {
	be64 times[DT_TIMES_COUNT];
	be64 kernel[2];
	be32 initrd_start, initrd_end;
	struct dt_insertion list[6];
	size_t count;
	const void *tree;
	int node;
};

static void add(struct chosen *chosen, const char *name, const void *value, uint32_t size)
{
	chosen->list[chosen->count++] = (struct dt_insertion){ chosen->node, name, value, size, 0 };
}

static bool lacks(const struct chosen *chosen, const char *name)
{
	return !dt_get(chosen->tree, chosen->node, name, NULL);
}

static void add_times(struct chosen *chosen)
{
	for (int step = STEP_ENTRY; step < STEP_TRANSITION; step++)
		chosen->times[step - 1] = be64_make(log_step_time((enum step)step));
	chosen->times[STEP_TRANSITION - 1] = be64_make(timebase());
	add(chosen, DT_TIMES, chosen->times, sizeof(chosen->times));
}

static void add_kernel(struct chosen *chosen, struct range kernel)
{
	chosen->kernel[0] = be64_make(kernel.start);
	chosen->kernel[1] = be64_make(range_size(kernel));
	add(chosen, DT_KERNEL, chosen->kernel, sizeof(chosen->kernel));
}

/* An initrd which QEMU does not know of. Two cells, as QEMU writes them: it lies below 4 GiB. */
static void add_initrd(struct chosen *chosen, struct range initrd)
{
	if (range_size(initrd) == 0 || !lacks(chosen, "linux,initrd-start"))
		return;
	chosen->initrd_start = be32_make((uint32_t)initrd.start);
	chosen->initrd_end = be32_make((uint32_t)initrd.end);
	add(chosen, "linux,initrd-start", &chosen->initrd_start, sizeof(chosen->initrd_start));
	add(chosen, "linux,initrd-end", &chosen->initrd_end, sizeof(chosen->initrd_end));
}

static int add_boot_data(void *tree, const struct payload *payload, bool secure)
{
	struct chosen chosen = { .tree = tree, .node = dt_find(tree, "/chosen") };

	add_kernel(&chosen, payload->kernel);
	add_times(&chosen);
	add_initrd(&chosen, payload->initrd);
	/* As prom_init.c does; of a secure guest step 6 writes it, too. */
	if (payload->options.params.iommu_off)
		add(&chosen, "linux,iommu-off", "", 0);
	/*
	 * An ultravisor refuses a tree without a command line (svm-esm.c:488 svm_esm_blob_chk()),
	 * and QEMU writes none without -append.
	 */
	if (secure && lacks(&chosen, "bootargs"))
		add(&chosen, "bootargs", "", 1);
	return dt_insert(tree, chosen.list, chosen.count);
}

/* The record of a previous boot, or one that the host made up: this boot writes its own. */
static int drop_record(void *tree)
{
	int node = dt_find(tree, "/chosen/pefboot");

	return node < 0 ? 0 : fdt_nop_node(tree, node);
}

/* RTAS of the previous boot, when kexec started us: it will not be called again. */
static struct range old_rtas(const struct machine *machine)
{
	const void *handed = machine->home.handed;
	uint32_t base;

	if (machine->home.door != DOOR_KEXEC ||
	    dt_u32(handed, dt_find(handed, "/rtas"), "linux,rtas-base", &base))
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

static int edit_tree(struct machine *machine, const struct payload *payload,
		     const struct ranges *own, bool secure)
{
	void *tree = machine->home.tree;
	int frc;

	if ((frc = drop_record(tree)) || (frc = add_reservations(machine, payload, own)) ||
	    (frc = add_rtas(&machine->home)))
		return frc;
	return add_boot_data(tree, payload, secure);
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
	int rc, frc = edit_tree(machine, payload, own, secure);
	void *tree;

	if (frc)
		return error(E_TREE_EDIT, "%s", fdt_strerror(frc));
	if (secure && !cas_chose_own_radix(machine))
		return error(E_CONTRACT, "/chosen: ibm,architecture-vec-5: no radix, or GTSE");
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
