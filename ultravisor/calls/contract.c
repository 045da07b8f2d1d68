// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/contract.h"

#include "abi/pef.h"
#include "fdt/edit.h"
#include "fdt/read.h"
#include "lib/string.h"
#include "ultravisor/calls/hardware.h"
#include "ultravisor/calls/reserve.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/evil.h"

#define RMO_MAX	    0x30000000UL	/* svm-fdt.c:355 */
#define UV_CPUS_MAX 4096		/* include/svm_host.h:128 MAX_GUEST_CPUS */

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
	int node = dt_find(platform.tree, "/memory@0");
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
	int node = dt_find(platform.tree, "/rtas");
	uint32_t size, text;
	uint64_t base, frames;

	for (uint32_t i = 0, token; i < sizeof(services) / sizeof(services[0]); i++)
		if (dt_u32(platform.tree, node, services[i], &token))
			return services[i];
	if (dt_u32_or_u64(platform.tree, node, "linux,rtas-base", &base) ||
	    dt_u32(platform.tree, node, "rtas-size", &size) ||
	    dt_u32(platform.tree, node, "slof,rtas-size", &text))
		return "/rtas lacks linux,rtas-base, rtas-size or slof,rtas-size";
	/* svm-esm.c:468: as many frames as its size has, from the one on that it begins in */
	frames = (size + FRAME_SIZE - 1) / FRAME_SIZE * FRAME_SIZE;
	if (!size || !memory_is_guests(base, frames))
		return "RTAS is not in memory";
	contract->rtas.start = base / FRAME_SIZE * FRAME_SIZE;
	contract->rtas.end = contract->rtas.start + frames;
	ranges_add(&contract->keep, (struct range){ base, base + frames });
	return NULL;
}

static const char *read_chosen(struct contract *contract)
{
	int chosen = dt_find(platform.tree, "/chosen");
	struct range initrd;

	if (dt_u32_or_u64(platform.tree, chosen, "linux,initrd-start", &initrd.start) ||
	    dt_u32_or_u64(platform.tree, chosen, "linux,initrd-end", &initrd.end))
		return "/chosen lacks linux,initrd-start or -end";
	if (initrd.end <= initrd.start || !memory_is_guests(initrd.start, range_size(initrd)))
		return "the initrd is empty, or not in memory";
	if (!dt_string(platform.tree, chosen, "bootargs"))
		return "/chosen lacks bootargs";
	ranges_add(&contract->keep, initrd);
	return NULL;
}

/*
 * How many CPUs the guest may have: cores by what follows an address and a size, times the threads
 * of the first one (svm-rtas.c:516 get_max_vcpus()). The boot CPU has to be one of them: on
 * hardware that is found out after H_SVM_INIT_DONE (core/uvcall.c:407 find_boot_vcpu()).
 */
static const char *read_cpus(struct contract *contract)
{
	const void *tree = platform.tree;
	int cpu = fdt_node_offset_by_prop_value(tree, -1, "device_type", "cpu", sizeof("cpu"));
	int size = 0, threads = sizeof(fdt32_t);
	uint32_t cells[2], at;
	const fdt32_t *capacity;

	if (dt_u32(tree, 0, "#address-cells", &cells[0]) ||
	    dt_u32(tree, 0, "#size-cells", &cells[1]))
		return "no #address-cells or #size-cells";
	capacity = dt_get(tree, dt_find(tree, "/rtas"), "ibm,lrdr-capacity", &size);
	if (!capacity)
		return "/rtas lacks ibm,lrdr-capacity";
	at = cells[0] + cells[1];
	if (at >= (uint32_t)size / sizeof(*capacity)) {
		hardware_down("ibm,lrdr-capacity has %d bytes", size);
		return "ibm,lrdr-capacity is too short";
	}
	if (cpu < 0)
		return "no node has the device_type of a CPU";
	if (!dt_get(tree, cpu, "ibm,ppc-interrupt-server#s", &threads))
		threads = sizeof(fdt32_t);
	contract->cpus = fdt32_to_cpu(capacity[at]) * (uint32_t)threads / sizeof(fdt32_t);
	if (contract->cpus > UV_CPUS_MAX)
		return "too many CPUs";
	if (fdt_boot_cpuid_phys(tree) >= contract->cpus)
		return "boot_cpuid_phys is none of the CPUs";
	return NULL;
}

/*
 * In the order of the linked image. For the ESM blob one frame each for keys and files. For RTAS
 * six, all shared: arguments, four of buffers, arguments of stop-self. For the TPM two, of which
 * the first one is shared and the second one has decrypted replies. (svm-esmb.c:442,
 * svm-rtas.c:557, svm-tss.c:365)
 */
static const char *reserve_all(struct contract *contract, uint64_t rmo)
{
	struct range tss;

	if (!reserve_frames(&contract->keys, rmo, 1) ||
	    !reserve_frames(&contract->files, rmo, 1) ||
	    !reserve_frames(&contract->implicit[0], rmo, 6) ||
	    !reserve_frames(&tss, rmo, 2))
		return "no room for the ultravisor's reservations";
	contract->implicit[1] = (struct range){ tss.start, tss.start + FRAME_SIZE };
	contract->implicits = 2;
	contract->reservations = 4;
	return NULL;
}

const char *contract_read(struct contract *contract, uint64_t fdt, uint64_t kbase)
{
	uint64_t rmo = 0;
	const char *why;

	if (!memory_is_guests(kbase, 4))
		return "kbase is not in memory";
	if ((why = fetch_tree(contract, fdt)) || (why = read_rmo(&rmo)) ||
	    (why = read_rtas(contract)) || (why = read_cpus(contract)) ||
	    (why = read_chosen(contract)))
		return why;
	return reserve_all(contract, rmo);
}

void contract_keep(struct contract *contract, uint64_t base, uint64_t size)
{
	struct range range;

	if (range_make(&range, base, size))
		ranges_add(&contract->keep, range);
}

bool contract_write_back(const struct contract *contract, uint64_t fdt)
{
	uint32_t room = evil_before_return(platform.tree, fdt, contract->tree_size);

	/* svm-fdt.c:719 does not look whether it fits. The header says what size it has then. */
	return !fdt_pack(platform.tree) && fdt_totalsize(platform.tree) <= room &&
	       guest_write(fdt, platform.tree, fdt_totalsize(platform.tree));
}
