// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <inttypes.h>

#include "tests/host/oracle/linux_tree.h"

#define PATH 512

static void put_node(FILE *out, const char *key, const struct flat *flat, int node)
{
	char path[PATH];

	fprintf(out, "%s=%s\n", key, flat_path_of(flat, node, path, sizeof(path)));
}

static void put_ranges(FILE *out, const char *key, const struct linux_ranges *ranges)
{
	fprintf(out, "%s=", key);
	for (uint32_t i = 0; i < ranges->count; i++)
		fprintf(out, "%s%" PRIx64 "-%" PRIx64, i ? "," : "", ranges->item[i].base,
			ranges->item[i].base + ranges->item[i].size);
	fprintf(out, "%s\n", ranges->overflow ? ",more" : "");
}

/* So that each key is one line, whatever the bytes are. */
static void put_text(FILE *out, const char *key, const char *text)
{
	fprintf(out, "%s=", key);
	for (; *text; text++)
		fprintf(out, isprint((unsigned char)*text) && *text != '\\' ? "%c" : "\\x%02x",
			(unsigned char)*text);
	fputc('\n', out);
}

static void dump_chosen(const struct linux_tree *tree, const struct flat *flat, FILE *out)
{
	put_node(out, "chosen", flat, tree->chosen);
	put_node(out, "late-chosen", flat, tree->late_chosen);
	put_text(out, "cmdline", tree->cmdline);
	if (tree->initrd)
		fprintf(out, "initrd=%" PRIx64 "-%" PRIx64 "\n", tree->initrd_start,
			tree->initrd_end);
	else
		fprintf(out, "initrd=none\n");
}

static void dump_memory(const struct linux_tree *tree, const struct flat *flat, FILE *out)
{
	fprintf(out, "cells=%u,%u\n", tree->address_cells, tree->size_cells);
	put_ranges(out, "memory", &tree->memory);
	put_ranges(out, "numa", &tree->numa);
	fprintf(out, "memory-limit=%" PRIx64 "\niommu-off=%d\n", tree->limit, tree->iommu_off);
	put_node(out, "dynamic", flat, tree->dynamic);
	fprintf(out, "dynamic-form=%d\n", tree->dynamic_form);
	put_ranges(out, "reserved", &tree->reserved);
	put_ranges(out, "unmapped", &tree->unmapped);
}

static void put_cache(FILE *out, const char *key, const struct linux_cache *cache)
{
	fprintf(out, "%s-size=%u\n%s-line=%u\n%s-block=%u\n", key, cache->size, key, cache->line,
		key, cache->block);
}

static void dump_cpus(const struct linux_tree *tree, const struct flat *flat, FILE *out)
{
	fprintf(out, "cpus=");
	for (uint32_t i = 0; i < tree->cpus && i < LINUX_CPUS_MAX; i++)
		fprintf(out, "%s%u%s", i ? "," : "", tree->cpu[i].number,
			tree->cpu[i].present ? "" : ":absent");
	fprintf(out, "\nthreads=%u\nboot-cpu=%u\ncpu-version=%08x\n", tree->threads, tree->boot_cpu,
		tree->cpu_version);
	put_node(out, "first-cpu", flat, tree->first_cpu);
	put_cache(out, "dcache", &tree->dcache);
	put_cache(out, "icache", &tree->icache);
	fprintf(out, "timebase=%" PRIu64 "\ndecrementer=%u\n", tree->timebase_hz,
		tree->decrementer_bits);
	put_node(out, "cpu-features", flat, tree->cpu_features);
}

static void dump_tokens(const struct linux_tree *tree, const struct flat *flat, FILE *out)
{
	uint32_t token;

	if (tree->rtas.node == FLAT_NONE)
		return;
	for (int i = 0; i < flat->node[tree->rtas.node].props; i++) {
		const char *name = flat->prop[flat->node[tree->rtas.node].first + i].name;

		if (name && linux_rtas_token(tree, flat, name, &token))
			fprintf(out, "rtas.%s=%x\n", name, token);
	}
}

static void dump_phb(const struct linux_phb *phb, const struct flat *flat, FILE *out)
{
	put_node(out, "phb", flat, phb->node);
	for (uint32_t i = 0; i < phb->windows && i < LINUX_WINDOWS_MAX; i++)
		fprintf(out, "window=%08x:%" PRIx64 ":%" PRIx64 "-%" PRIx64 "\n",
			phb->window[i].flags, phb->window[i].bus, phb->window[i].base,
			phb->window[i].base + phb->window[i].size);
}

static void dump_platform(const struct linux_tree *tree, const struct flat *flat, FILE *out)
{
	put_node(out, "rtas", flat, tree->rtas.node);
	put_node(out, "early-rtas", flat, tree->rtas.early);
	put_node(out, "rtas-by-path", flat, tree->rtas.by_path);
	fprintf(out, "rtas-base=%x\nrtas-entry=%x\nrtas-size=%x\n", tree->rtas.base,
		tree->rtas.entry, tree->rtas.size);
	dump_tokens(tree, flat, out);
	for (uint32_t i = 0; i < tree->phbs && i < LINUX_PHBS_MAX; i++)
		dump_phb(&tree->phb[i], flat, out);
	put_node(out, "stdout", flat, tree->stdout);
	put_node(out, "hypervisor", flat, tree->hypervisor);
	fprintf(out, "kvm=%d\n", tree->kvm);
	put_node(out, "hcall", flat, tree->hcall);
	fprintf(out, "fadump=%d\ncrashed=%d\n", tree->fadump, tree->crashed);
}

void linux_dump(const struct linux_tree *tree, const struct flat *flat, FILE *out)
{
	char path[PATH];

	fprintf(out, "release=%s\nboots=%s\n", tree->release == LINUX_6_12 ? "6.12" : "7.2",
		tree->why_not ? tree->why_not : "yes");
	if (flat->why_not)
		return;
	dump_chosen(tree, flat, out);
	dump_memory(tree, flat, out);
	dump_cpus(tree, flat, out);
	dump_platform(tree, flat, out);
	for (uint32_t i = 0; i < tree->surfaces && i < LINUX_SURFACE_MAX; i++)
		fprintf(out, "surface=%s at %s\n", tree->surface[i].what,
			flat_path_of(flat, tree->surface[i].node, path, sizeof(path)));
}
