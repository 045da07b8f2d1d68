// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Step 6: say which memory devices may use. In a secure guest that is the pool and nothing else;
 * in a VM that stays normal all of it, unless pefboot.dma=pool.
 */
#include "abi/pef.h"
#include "boot/handover.h"
#include "boot/secure/linux_tree.h"
#include "boot/secure/record.h"
#include "boot/secure/secure.h"
#include "fdt/dma_pool.h"
#include "fdt/edit.h"
#include "fdt/evidence.h"
#include "fdt/read.h"
#include "fdt/walk.h"
#include "lib/fail.h"
#include "lib/format.h"
#include "lib/log.h"
#include "lib/names.h"
#include "ultracall/ultracall.h"

/* QEMU's default DMA window: hw/ppc/spapr_pci.c dma_win_size */
#define WINDOW		(1UL << 30)
#define MIB		(1UL << 20)
#define POOL_MIN	(16 * MIB)	/* less hangs Linux 7.2 under load */
#define TREE_ROOM	0x4000UL	/* for what is added here */

/* What lies beyond mem= is not there for Linux. */
static uint64_t below_limit(const struct guest *guest, uint64_t ceiling)
{
	const uint64_t limit = guest->options.params.limit;

	return limit < ceiling ? limit : ceiling;
}

/* The pool, or another: as high as it fits below @ceiling. */
static bool find_pool(struct range *pool, const struct guest *guest, uint64_t size,
		      uint64_t ceiling)
{
	const struct range space = ranges_low(&guest->memory, below_limit(guest, ceiling));

	return range_find_top(pool, space, size, DMA_POOL_ALIGN, &guest->taken);
}

/* For the one who asked for more than fits. */
static int refuse_pool(const struct guest *guest, uint64_t size)
{
	struct range found = ranges_low(&guest->memory, below_limit(guest, UINT64_MAX));
	uint64_t end = found.end, most = size;

	while (most && !find_pool(&found, guest, most, end))
		most = (most - 1) & ~(MIB - 1);
	return error(E_NO_POOL, "%lu KiB below 0x%lx, where %luM is the largest that fits",
		     size >> 10, end, most / MIB);
}

/*
 * In the window if it fits, for all devices; else where there is memory, for those that ignore
 * the IOMMU. These are what a guest has as a rule: Linux warns for each of the others.
 */
static int choose_pool(struct guest *guest)
{
	uint64_t size = (guest->options.pool_size + DMA_POOL_ALIGN - 1) & ~(DMA_POOL_ALIGN - 1);

	if (size < POOL_MIN && !guest->options.pool_force)
		return error(E_POOL_SMALL, "%lu KiB", size >> 10);
	if (!find_pool(&guest->pool, guest, size, WINDOW)) {
		if (!find_pool(&guest->pool, guest, size, UINT64_MAX))
			return refuse_pool(guest, size);
		log_notice("notice: the pool lies above the DMA window of 1 GiB: out of reach of "
			   "devices that use the IOMMU (iommu_platform=on)");
	}
	if (!ranges_add(&guest->taken, guest->pool))
		return error(E_NO_POOL, "too many ranges");
	return 0;
}

static int share_pool(const struct guest *guest)
{
	uint64_t first = guest->pool.start >> UV_PAGE_SHIFT;
	uint64_t count = range_size(guest->pool) >> UV_PAGE_SHIFT;
	int64_t urc;

	if (!guest->is_secure)
		return 0;
	urc = ultracall(UV_SHARE_PAGE, first, count);
	log_info("uvcall=UV_SHARE_PAGE r4=0x%lx r5=0x%lx rc=%ld", first, count, (long)urc);
	switch (ultracall_answer(UV_SHARE_PAGE, urc)) {
	case ANSWER_NO:
		return error(E_SHARE_REFUSED, "UV_SHARE_PAGE -> %s (%ld)", u_name(urc), (long)urc);
	case ANSWER_NONE:	/* a pool that stays private leaks nothing: devices fail */
		log_notice("notice: the ultravisor gives no answer to UV_SHARE_PAGE, "
			   "so devices may not reach the pool");
		return 0;
	default:
		return 0;
	}
}

/* A tree of our own, with room: the memory after the one that we were given may be in use. */
static int find_place(const struct guest *guest, struct range *place)
{
	const struct range space =
		ranges_low(&guest->memory, below_limit(guest, REAL_MODE_CEILING));
	uint64_t size = (fdt_totalsize(guest->tree) + TREE_ROOM + 7) & ~7UL;

	return range_find_top(place, space, size, 8, &guest->taken) ?
		       0 :
		       error(E_NO_POOL, "no room for a tree of %lu bytes", size);
}

/* A VM that stays normal keeps the platform's tree. */
static int edit_tree(struct guest *guest, struct range place)
{
	int frc = fdt_open_into(guest->tree, (void *)place.start, (int)range_size(place));

	guest->tree = (void *)place.start;
	if (frc == 0)
		frc = dt_add_dma_pool(guest->tree, guest->pool, guest->rtas);
	if (frc == 0)
		frc = record_edit(guest);
	return frc ? frc : dt_set_reservations(guest->tree, &guest->reserved);
}

static int write_tree(struct guest *guest, struct range place)
{
	int frc = linux_tree_write(guest, (void *)place.start, range_size(place));

	guest->tree = (void *)place.start;
	return frc;
}

static int make_tree(struct guest *guest)
{
	struct range place;
	int rc = find_place(guest, &place), frc;

	if (rc)
		return rc;
	frc = guest->is_secure ? write_tree(guest, place) : edit_tree(guest, place);
	return frc ? error(E_PATCH_TREE, "%s", fdt_strerror(frc)) : 0;
}

static void report_edit(const void *tree, struct range pool)
{
	static const char *const props[] = { "compatible", "reg", "phandle" };
	char path[64];
	struct dt_children nodes;
	int node;

	if (!log_enabled(LOG_INFO))
		return;
	format(path, sizeof(path), "/reserved-memory/restricted-dma@%lx", pool.start);
	evidence_tree(tree, path, NULL);
	for (size_t i = 0; i < sizeof(props) / sizeof(props[0]); i++)
		evidence_tree(tree, path, props[i]);
	for (node = dt_first_child(&nodes, tree, 0); node >= 0; node = dt_next_child(&nodes)) {
		if (dt_get(tree, node, "memory-region", NULL) &&
		    fdt_get_path(tree, node, path, sizeof(path)) == 0)
			evidence_tree(tree, path, "memory-region");
	}
	evidence_tree(tree, "/", "virtio,access-platform");
	evidence_tree(tree, "/", "reserved-ranges");
}

int patch(struct guest *guest)
{
	int rc;

	if (!guest->is_secure && !guest->options.dma_pool) {
		log_step(STEP_PATCH, "pool=none flag=no");
		return 0;
	}
	if ((rc = choose_pool(guest)) || (rc = share_pool(guest)) || (rc = make_tree(guest)))
		return rc;
	report_edit(guest->tree, guest->pool);
	log_step(STEP_PATCH, "pool=0x%lx+0x%lx flag=yes", guest->pool.start,
		 range_size(guest->pool));
	return 0;
}
