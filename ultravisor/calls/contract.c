// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/contract.h"

#include "abi/pef.h"
#include "fdt/edit.h"
#include "fdt/read.h"
#include "lib/string.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/evil.h"

#define RMO_MAX 0x30000000UL	/* svm-fdt.c:355 */

/*
 * Linux' prom_init makes trees of version 16, which do not say how long their structure block is.
 * libfdt finds out when it opens them, and makes them version 17.
 */
static bool open_tree(void *tree, uint64_t size)
{
	if (fdt_version(tree) >= 17)
		return !dt_check(tree, size) && !dt_open(tree, TREE_SPACE);
	return fdt_num_mem_rsv(tree) >= 0 && !dt_open(tree, TREE_SPACE) &&
	       !dt_check(tree, TREE_SPACE);
}

static const char *fetch_tree(struct contract *contract, uint64_t fdt)
{
	struct fdt_header header;
	uint32_t size;

	if (!guest_read(&header, fdt, sizeof(header)) || fdt_check_header(&header))
		return "no tree at r5";
	size = fdt_totalsize(&header);
	if (size > TREE_SPACE / 2 || !memory_is_guests(fdt, size) ||
	    !guest_read(platform.tree, fdt, size))
		return "tree too large, or not in memory";
	if (!open_tree(platform.tree, size))
		return "tree corrupt";
	contract->tree_size = size;
	ranges_add(&contract->keep, (struct range){ fdt, fdt + size });
	return NULL;
}

static const char *read_rmo(uint64_t *rmo)
{
	int node = fdt_path_offset(platform.tree, "/memory@0");
	uint64_t base, size;

	if (dt_u64_pair(platform.tree, node, "reg", &base, &size))
		return "/memory@0 has no reg of base and size";
	if (base != 0)
		return "/memory@0 does not start at 0";
	*rmo = size < RMO_MAX ? size : RMO_MAX;
	return NULL;
}

static const char *read_rtas(struct contract *contract)
{
	static const char *const services[] = { UV_ESM_RTAS_SERVICES };
	int node = fdt_path_offset(platform.tree, "/rtas");
	uint32_t base, size, text;

	for (uint32_t i = 0, token; i < sizeof(services) / sizeof(services[0]); i++)
		if (dt_u32(platform.tree, node, services[i], &token))
			return services[i];
	if (dt_u32(platform.tree, node, "linux,rtas-base", &base) ||
	    dt_u32(platform.tree, node, "rtas-size", &size) ||
	    dt_u32(platform.tree, node, "slof,rtas-size", &text))
		return "/rtas lacks linux,rtas-base, rtas-size or slof,rtas-size";
	if (!size || !memory_is_guests(base, size))
		return "RTAS is not in memory";
	contract->rtas.start = base / FRAME_SIZE * FRAME_SIZE;
	contract->rtas.end = (base + (uint64_t)size + FRAME_SIZE - 1) / FRAME_SIZE * FRAME_SIZE;
	ranges_add(&contract->keep, contract->rtas);
	return NULL;
}

static const char *read_chosen(struct contract *contract)
{
	int chosen = fdt_path_offset(platform.tree, "/chosen");
	struct range initrd;

	if (dt_u32_or_u64(platform.tree, chosen, "linux,initrd-start", &initrd.start) ||
	    dt_u32_or_u64(platform.tree, chosen, "linux,initrd-end", &initrd.end))
		return "/chosen lacks linux,initrd-start or -end";
	if (initrd.end < initrd.start || !memory_is_guests(initrd.start, range_size(initrd)))
		return "the initrd is not in memory";
	if (!dt_string(platform.tree, chosen, "bootargs"))
		return "/chosen lacks bootargs";
	ranges_add(&contract->keep, initrd);
	return NULL;
}

/*
 * svm-fdt.c svm_fdt_mem_rsv(): the highest place below the end of the RMO that is not reserved yet
 */
static bool reserve_frames(struct contract *contract, uint64_t rmo, uint64_t frames,
			   struct range *got)
{
	struct ranges taken = { 0 };
	const struct range rmo_range = { FRAME_SIZE, rmo };

	if (dt_reservations(platform.tree, &taken) ||
	    !range_find_top(got, rmo_range, frames * FRAME_SIZE, FRAME_SIZE, &taken) ||
	    fdt_add_mem_rsv(platform.tree, got->start, range_size(*got)))
		return false;
	contract->reservations++;
	return true;
}

/*
 * For RTAS six frames, all shared: arguments, four of buffers, arguments of stop-self. For the ESM
 * blob one each for keys and files. For the TPM two, the second one shared. (svm-rtas.c:557,
 * svm-esmb.c, svm-tss.c)
 */
static const char *add_reservations(struct contract *contract, uint64_t rmo)
{
	struct range tss;

	if (!reserve_frames(contract, rmo, 6, &contract->implicit[0]) ||
	    !reserve_frames(contract, rmo, 1, &contract->keys) ||
	    !reserve_frames(contract, rmo, 1, &contract->files) ||
	    !reserve_frames(contract, rmo, 2, &tss))
		return "no room for the ultravisor's reservations";
	contract->implicit[1] = (struct range){ tss.start + FRAME_SIZE, tss.end };
	contract->implicits = 2;
	return NULL;
}

const char *contract_read(struct contract *contract, uint64_t fdt, uint64_t kbase)
{
	uint64_t rmo = 0;
	const char *why;

	if (!memory_is_guests(kbase, 4))
		return "kbase is not in memory";
	if ((why = fetch_tree(contract, fdt)) || (why = read_rmo(&rmo)) ||
	    (why = read_rtas(contract)) || (why = read_chosen(contract)))
		return why;
	return add_reservations(contract, rmo);
}

void contract_measured(struct contract *contract, uint64_t base, uint64_t size)
{
	ranges_add(&contract->keep, (struct range){ base, base + size });
	contract->measured = size;
}

bool contract_write_back(const struct contract *contract, uint64_t fdt)
{
	uint32_t room = evil_before_return(platform.tree, fdt, contract->tree_size);

	if (fdt_pack(platform.tree) || fdt_totalsize(platform.tree) > room)
		return false;
	/* the rest of its room stays the guest's */
	fdt_set_totalsize(platform.tree, room);
	return guest_write(fdt, platform.tree, room);
}
