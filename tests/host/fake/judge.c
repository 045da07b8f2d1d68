// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/fake/judge.h"

#include <libfdt.h>
#include <string.h>

#include "abi/power.h"
#include "tests/host/fake/stage.h"
#include "tests/host/oracle/linux_tree.h"

#define LIMIT_ALIGN (16UL << 20) /* Linux leaves out what is less: arch/powerpc/kernel/prom.c */

static struct flat flat;
static struct linux_tree linux_tree;
static char said[256];

/* What is in a secure guest's tree for a reason, or does nothing there. */
static const char *const allowed[] = {
	"linux,pci-probe-only", /* where pefboot has left the platform's assignment as it is */
	"interrupt-parent", "linux,phandle", "reserved-ranges", /* our own: judge_reserved() */
};

static const char *judge_surface(void)
{
	char path[160];

	for (uint32_t i = 0; i < linux_tree.surfaces && i < LINUX_SURFACE_MAX; i++) {
		const struct linux_surface *surface = &linux_tree.surface[i];
		size_t at = 0;

		while (at < sizeof(allowed) / sizeof(allowed[0]) &&
		       strcmp(allowed[at], surface->what))
			at++;
		if (at < sizeof(allowed) / sizeof(allowed[0]))
			continue;
		snprintf(said, sizeof(said), "%s at %s", surface->what,
			 flat_path_of(&flat, surface->node, path, sizeof(path)));
		return said;
	}
	return NULL;
}

static const char *judge_chosen(const struct guest *guest)
{
	const struct range initrd = { linux_tree.initrd_start, linux_tree.initrd_end };

	if (linux_tree.chosen != linux_tree.late_chosen)
		return "two nodes are /chosen";
	if (strcmp(linux_tree.cmdline, guest->bootargs ? guest->bootargs : ""))
		return "another command line";
	if (linux_tree.initrd &&
	    (initrd.start != guest->initrd.start || initrd.end != guest->initrd.end))
		return "another initrd";
	return !linux_tree.initrd && range_size(guest->initrd) ? "no initrd" : NULL;
}

static bool verified(const struct guest *guest, const struct linux_ranges *ranges)
{
	for (uint32_t i = 0; i < ranges->count; i++)
		if (!ranges_contain(&guest->memory,
				    (struct range){ ranges->item[i].base,
						     ranges->item[i].base + ranges->item[i].size }))
			return false;
	return !ranges->overflow;
}

static const char *judge_memory(const struct guest *guest)
{
	uint64_t claimed = 0, used = 0;

	for (size_t i = 0; i < guest->memory.count; i++)
		claimed += range_size(guest->memory.item[i]);
	for (uint32_t i = 0; i < linux_tree.memory.count; i++)
		used += linux_tree.memory.item[i].size;
	if (!verified(guest, &linux_tree.memory))
		return "memory that was not verified";
	if (!verified(guest, &linux_tree.numa))
		return "memory of NUMA nodes that was not verified";
	if (linux_tree.unmapped.count)
		return "memory is taken away";
	return used + LIMIT_ALIGN <= claimed ? "less memory than was verified" : NULL;
}

/* Both readers may say that a thing is nowhere. */
static bool is_path(int node, const char *path)
{
	char text[160];

	return node != FLAT_NONE && !strcmp(flat_path_of(&flat, node, text, sizeof(text)), path);
}

static const char *judge_cpus(void)
{
	for (uint32_t i = 0; i < linux_tree.cpus && i < LINUX_CPUS_MAX; i++) {
		if (!is_path(flat.node[linux_tree.cpu[i].node].parent, "/cpus"))
			return "a CPU outside /cpus";
		for (uint32_t j = 0; j < i; j++)
			if (linux_tree.cpu[i].number == linux_tree.cpu[j].number)
				return "a CPU twice";
	}
	if (linux_tree.dcache.block != CACHE_BLOCK || linux_tree.icache.block != CACHE_BLOCK ||
	    linux_tree.dcache.line != CACHE_BLOCK || linux_tree.icache.line != CACHE_BLOCK)
		return "another cache block";
	return linux_tree.cpu_features == FLAT_NONE ? NULL : "CPU features of the tree";
}

static const char *judge_rtas(const struct guest *guest)
{
	const struct linux_rtas *rtas = &linux_tree.rtas;

	if (rtas->node != rtas->early || rtas->node != rtas->by_path ||
	    !is_path(rtas->node, "/rtas"))
		return "another RTAS";
	if (rtas->base != guest->rtas.start || rtas->entry != rtas->base ||
	    rtas->size > range_size(guest->rtas))
		return "RTAS elsewhere";
	return linux_tree.fadump ? "a dump" : NULL;
}

/*
 * Calls in which an ultravisor takes an argument for an address of the guest's, by their tokens
 * (open-power/ultravisor svm/svm-rtas.c), and those to which Linux gives a host bridge's number.
 */
static const char *const by_address[] = {
	"nvram-fetch", "nvram-store", "event-scan", "check-exception", "ibm,get-system-parameter",
	"ibm,set-system-parameter", "ibm,slot-error-detail", "ibm,os-term",
};
static const char *const by_bridge[] = {
	"ibm,get-config-addr-info2", "ibm,read-slot-reset-state2", "ibm,set-eeh-option",
	"ibm,set-slot-reset", "ibm,configure-pe", "ibm,read-pci-config", "ibm,write-pci-config",
	"ibm,change-msi", "ibm,query-interrupt-source-number",
};

static bool window_call_is(uint32_t token)
{
	for (uint32_t i = 0; i < linux_tree.phbs && i < LINUX_PHBS_MAX; i++) {
		int node = linux_tree.phb[i].node;
		const struct flat_prop *calls = flat_get(&flat, node, "ibm,ddw-applicable");
		const struct flat_prop *more = flat_get(&flat, node, "ibm,ddw-extensions");

		for (uint32_t cell = 0; calls && cell < 3; cell++)
			if (flat_cell(&flat, calls, cell) == token)
				return true;
		if (more && flat_cell(&flat, more, 0) && flat_cell(&flat, more, 1) == token)
			return true;
	}
	return false;
}

static const char *judge_calls(void)
{
	uint32_t token, other;

	for (size_t i = 0; i < sizeof(by_address) / sizeof(by_address[0]); i++) {
		if (!linux_rtas_token(&linux_tree, &flat, by_address[i], &token))
			continue;
		if (window_call_is(token))
			return "a bridge's number that is an address";
		for (size_t j = 0; j < sizeof(by_bridge) / sizeof(by_bridge[0]); j++)
			if (linux_rtas_token(&linux_tree, &flat, by_bridge[j], &other) &&
			    other == token)
				return "a bridge's number that is an address";
	}
	return linux_tree.numa_fault;
}

static const char *judge_windows(const struct guest *guest)
{
	for (uint32_t i = 0; i < linux_tree.phbs && i < LINUX_PHBS_MAX; i++)
		for (uint32_t j = 0; j < linux_tree.phb[i].windows && j < LINUX_WINDOWS_MAX; j++) {
			const uint64_t base = linux_tree.phb[i].window[j].base,
				       size = linux_tree.phb[i].window[j].size;

			if (base + size < base ||
			    ranges_hit(&guest->memory, (struct range){ base, base + size }))
				return "a window over memory";
		}
	return NULL;
}

static bool is_reserved(struct range range)
{
	for (uint32_t i = 0; i < linux_tree.reserved.count; i++) {
		const struct linux_range *item = &linux_tree.reserved.item[i];

		if (item->base <= range.start && range.end <= item->base + item->size)
			return true;
	}
	return false;
}

/*
 * Nothing else than what the stage reserves: what is reserved is memory that Linux does not have.
 */
static const char *judge_reserved(const struct guest *guest)
{
	for (uint32_t i = 0; i < linux_tree.reserved.count; i++) {
		const struct linux_range *item = &linux_tree.reserved.item[i];
		uint64_t at = item->base;
		bool more = true;

		while (more && at < item->base + item->size) {
			more = false;
			for (size_t j = 0; j < guest->taken.count; j++)
				if (guest->taken.item[j].start <= at &&
				    guest->taken.item[j].end > at) {
					at = guest->taken.item[j].end;
					more = true;
				}
		}
		if (!more)
			return "a reservation that the stage does not know";
	}
	if (!is_reserved(guest->pool) || !is_reserved(guest->rtas))
		return "the pool or RTAS is not reserved";
	return NULL;
}

static const char *judge_release(const struct guest *guest, enum linux_release release)
{
	const char *why;

	linux_read(&linux_tree, &flat, release);
	/* a guest that does not start is the host's right */
	if (linux_tree.why_not)
		return NULL;
	if ((why = judge_chosen(guest)) || (why = judge_memory(guest)) || (why = judge_cpus()) ||
	    (why = judge_rtas(guest)) || (why = judge_calls()) || (why = judge_windows(guest)) ||
	    (why = judge_reserved(guest)))
		return why;
	if (linux_tree.kvm || linux_tree.hcall != FLAT_NONE)
		return "a hypervisor that Linux would believe";
	return judge_surface();
}

const char *judge_guest(const struct guest *guest)
{
	const char *why;

	flat_read(&flat, guest->tree, fdt_totalsize(guest->tree));
	why = judge_release(guest, LINUX_6_12);
	return why ? why : judge_release(guest, LINUX_7_2);
}
