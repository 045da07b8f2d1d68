// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "tests/host/oracle/linux_tree.h"

/* A core's threads: the property that numbers them, and how many. Both scans below. */
static const struct flat_prop *numbers_of(const struct flat *flat, int node)
{
	const struct flat_prop *prop = flat_get(flat, node, "ibm,ppc-interrupt-server#s");

	return prop ? prop : flat_get(flat, node, "reg");
}

/*
 * early_init_dt_scan_cpus(), arch/powerpc/kernel/prom.c:333: nodes by type at any depth. Each that
 * has the boot CPU's number among its threads sets it up, so the last one wins.
 */
static void scan_boot_cpu(struct linux_tree *tree, const struct flat *flat)
{
	uint32_t count = 0;
	bool found = false;

	for (int node = 0; node < flat->nodes; node++) {
		const struct flat_prop *numbers = numbers_of(flat, node);
		const struct flat_prop *version = flat_get(flat, node, "cpu-version");
		bool here = false;

		if (!flat_is(flat, flat_get(flat, node, "device_type"), "cpu") || !numbers)
			continue;
		for (uint32_t i = 0; i < numbers->size / 4; i++, count++)
			if (flat_cell(flat, numbers, i) == flat->boot_cpu) {
				tree->boot_cpu = count;
				here = true;
			}
		found |= here;
		if (here && tree->cpu_features == FLAT_NONE && version &&
		    flat_cell(flat, version, 0) >> 24 == 0x0f)
			tree->cpu_version = flat_cell(flat, version, 0);
	}
	if (!found)
		tree->why_not = "no boot CPU";
}

/* of_device_is_available(), drivers/of/base.c:459: an empty status is not available. */
static bool is_available(const struct flat *flat, int node)
{
	const struct flat_prop *status = flat_get(flat, node, "status");

	return !status ||
	       (status->size && (flat_is(flat, status, "ok") || flat_is(flat, status, "okay")));
}

static void add_cpu(struct linux_tree *tree, struct linux_cpu cpu)
{
	if (tree->cpus < LINUX_CPUS_MAX)
		tree->cpu[tree->cpus] = cpu;
	tree->cpus++;
}

/*
 * smp_setup_cpu_maps(), arch/powerpc/kernel/setup-common.c:452: nodes by type at any depth; also
 * two of one number.
 */
static void scan_cpus(struct linux_tree *tree, const struct flat *flat)
{
	int node = FLAT_NONE;

	while ((node = late_by_type(flat, node, "cpu")) != FLAT_NONE) {
		const struct flat_prop *numbers = numbers_of(flat, node);

		tree->threads = numbers ? numbers->size / 4 : 1;
		for (uint32_t i = 0; i < tree->threads; i++)
			add_cpu(tree, (struct linux_cpu){ node,
							   numbers ? flat_cell(flat, numbers, i)
								   : tree->cpus,
							   is_available(flat, node) });
	}
	/* cpu_init_thread_core_maps(), :390 */
	if (!tree->threads || tree->threads & (tree->threads - 1))
		tree->why_not = "threads of the last core are no power of two";
}

/* of_get_next_cpu_node(), drivers/of/base.c:696: by name or type, unless it has failed */
static bool is_cpu_of_cpus(const struct flat *flat, int node)
{
	const struct flat_prop *status = flat_get(flat, node, "status");
	const char *name = late_name(flat, node);

	if (status && status->size && !strncmp((const char *)status->value, "fail", 4) &&
	    (status->value[4] == '\0' || status->value[4] == '-'))
		return false;
	return (strcspn(name, "@") == 3 && !strncmp(name, "cpu", 3)) ||
	       flat_is(flat, flat_get(flat, node, "device_type"), "cpu");
}

/*
 * The boot CPU is also looked for in /cpus, by of_get_cpu_node(), drivers/of/cpu.c: by
 * xics_update_irq_servers(), arch/powerpc/sysdev/xics/xics-common.c:50, which has a BUG_ON().
 */
static bool is_boot_cpu_in_cpus(const struct flat *flat)
{
	const int cpus = late_path(flat, "/cpus", 0);
	int node = FLAT_NONE;

	while (cpus != FLAT_NONE && (node = flat_next_child(flat, cpus, node)) != FLAT_NONE) {
		const struct flat_prop *numbers = numbers_of(flat, node);

		for (uint32_t i = 0; numbers && i < numbers->size / 4; i++)
			if (flat_cell(flat, numbers, i) == flat->boot_cpu &&
			    is_cpu_of_cpus(flat, node))
				return true;
	}
	return false;
}

static bool get_cell(const struct flat *flat, int node, const char *name, uint32_t *value)
{
	const struct flat_prop *prop = flat_get(flat, node, name);

	if (prop)
		*value = flat_cell(flat, prop, 0);
	return prop;
}

/*
 * parse_cache_info(), arch/powerpc/kernel/setup_64.c:569; 128: dcache_bsize of POWER8 and later,
 * cpu_specs_book3s_64.h
 */
static struct linux_cache read_cache(const struct flat *flat, int node, const char *const names[4])
{
	struct linux_cache cache = { 0, 128, 128, UINT32_MAX };
	bool line, block;

	get_cell(flat, node, names[0], &cache.size);
	get_cell(flat, node, names[1], &cache.sets);
	block = get_cell(flat, node, names[2], &cache.block);
	line = get_cell(flat, node, names[3], &cache.line);
	if (line && !block)
		cache.block = cache.line;
	if (block && !line)
		cache.line = cache.block;
	cache.sets = cache.sets == 1 ? 0 : cache.sets == 0 ? 1 : cache.sets;
	return cache;
}

/*
 * initialize_cache_info(), arch/powerpc/kernel/setup_64.c:648, get_freq() and
 * set_decrementer_max(), arch/powerpc/kernel/time.c: from the first node of that type anywhere, for
 * all CPUs.
 */
static void read_first_cpu(struct linux_tree *tree, const struct flat *flat)
{
	static const char *const data[] = { "d-cache-size", "d-cache-sets", "d-cache-block-size",
					    "d-cache-line-size" };
	static const char *const code[] = { "i-cache-size", "i-cache-sets", "i-cache-block-size",
					    "i-cache-line-size" };
	const int node = tree->first_cpu;
	const struct flat_prop *extended = flat_get(flat, node, "ibm,extended-timebase-frequency");
	const struct flat_prop *plain = flat_get(flat, node, "timebase-frequency");

	tree->dcache = read_cache(flat, node, data);
	tree->icache = read_cache(flat, node, code);
	tree->timebase_hz = extended ? flat_number(flat, extended, 0, 2)
			    : plain  ? flat_cell(flat, plain, 0)
				     : 125000000;
	tree->decrementer_bits = 32;
	flat_u32(flat, node, "ibm,dec-bits", &tree->decrementer_bits);
	if (tree->decrementer_bits < 32 || tree->decrementer_bits > 64)
		tree->decrementer_bits = 32;
}

/* fdt_find_cpu_features(), arch/powerpc/kernel/dt_cpu_ftrs.c:850: any node, at any depth */
static int find_cpu_features(const struct flat *flat)
{
	for (int node = 0; node < flat->nodes; node++)
		if (flat_compatible(flat, node, "ibm,powerpc-cpu-features") &&
		    flat_get(flat, node, "isa"))
			return node;
	return FLAT_NONE;
}

void linux_read_cpus(struct linux_tree *tree, const struct flat *flat)
{
	tree->cpu_features = find_cpu_features(flat);
	scan_boot_cpu(tree, flat);
	scan_cpus(tree, flat);
	if (!tree->why_not && !is_boot_cpu_in_cpus(flat))
		tree->why_not = "the boot CPU is not in /cpus";
	tree->first_cpu = late_by_type(flat, FLAT_NONE, "cpu");
	read_first_cpu(tree, flat);
}
