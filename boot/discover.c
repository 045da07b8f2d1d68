// SPDX-License-Identifier: GPL-2.0-or-later
/* Step 2: what the platform is, and what it becomes by client-architecture-support. */
#include "boot/cas.h"
#include "boot/main.h"
#include "boot/pci.h"
#include "fdt/edit.h"
#include "fdt/read.h"
#include "lib/console.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "lib/string.h"

static int read_options(struct options *options, const void *tree)
{
	int chosen = fdt_path_offset(tree, "/chosen");
	const char *bootargs = chosen < 0 ? NULL : dt_string(tree, chosen, "bootargs");
	int rc = options_parse(options, bootargs);

	log_set_level(options->log);
	if (options->hold)
		stop_hold();
	return rc;
}

/* The terminal that stdout-path names; without one QEMU's first is used. */
static void choose_console(const void *tree)
{
	int chosen = fdt_path_offset(tree, "/chosen"), node;
	const char *path = chosen < 0 ? NULL : dt_string(tree, chosen, "stdout-path");
	uint32_t termno;

	if (!path)
		return;
	node = fdt_path_offset(tree, path);
	if (node >= 0 && dt_u32(tree, node, "reg", &termno) == 0)
		console_select(termno);
}

static int read_rtas(struct rtas_tokens *rtas, const void *tree)
{
	const struct {
		const char *name;
		uint32_t *value;
	} wanted[] = {
		{ "power-off", &rtas->power_off },
		{ "ibm,read-pci-config", &rtas->read_pci_config },
		{ "rtas-size", &rtas->size },
	};
	int node = fdt_path_offset(tree, "/rtas");

	if (node < 0)
		return error(E_NO_RTAS, "/rtas: %s", fdt_strerror(node));
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		int frc = dt_u32(tree, node, wanted[i].name, wanted[i].value);

		if (frc)
			return error(E_NO_RTAS, "%s: %s", wanted[i].name, fdt_strerror(frc));
	}
	stop_set_power_off(rtas->power_off);
	if (rtas->size > RTAS_SPACE)
		return error(E_NO_RTAS, "rtas-size is %u", rtas->size);
	return 0;
}

static int read_memory(struct ranges *memory, const void *tree)
{
	int frc = dt_memory(tree, memory);

	if (frc == -FDT_ERR_BADNCELLS)
		return error(E_TREE_CELLS, "/: %s", fdt_strerror(frc));
	if (frc == -FDT_ERR_NOSPACE)
		return error(E_TOO_MANY, "over %d memory ranges", RANGES_MOST);
	if (frc)
		return error(E_NO_MEMORY, "%s", fdt_strerror(frc));
	for (size_t i = 0; i < memory->count; i++)
		log_info("memory=0x%lx-0x%lx", memory->item[i].start, memory->item[i].end);
	return 0;
}

static int read_cpus(uint32_t *cpus, const void *tree)
{
	int parent = fdt_path_offset(tree, "/cpus"), node;
	uint32_t hz;

	*cpus = 0;
	if (parent < 0)
		return error(E_NO_CPUS, "/cpus: %s", fdt_strerror(parent));
	fdt_for_each_subnode(node, tree, parent) {
		if (!dt_is(tree, node, "device_type", "cpu"))
			continue;
		if ((*cpus)++ == 0 && dt_u32(tree, node, "timebase-frequency", &hz) == 0)
			log_init("pefboot", hz);
	}
	return *cpus ? 0 : error(E_NO_CPUS, "no node with device_type \"cpu\"");
}

static uint64_t total_mib(const struct ranges *memory)
{
	uint64_t total = 0;

	for (size_t i = 0; i < memory->count; i++)
		total += range_size(memory->item[i]) >> 20;
	return total;
}

/* Bytes 23 and 24 of the negotiated vector 5 (Linux prom.h OV5_XIVE_EXPLOIT, OV5_MMU_RADIX). */
static void report(const struct machine *machine)
{
	const void *tree = machine->home.tree;
	int size = 0, chosen = fdt_path_offset(tree, "/chosen");
	const uint8_t *v5 = fdt_getprop(tree, chosen, "ibm,architecture-vec-5", &size);
	bool known = v5 && size > 24;

	log_step(STEP_DISCOVER, "memory=%luM cpus=%u phbs=%u pci=%u mmu=%s irq=%s",
		 total_mib(&machine->memory), machine->cpus, machine->phb_count,
		 machine->pci_devices, known && v5[24] & 0x40 ? "radix" : "hash",
		 known && v5[23] & 0x40 ? "xive" : "xics");
}

int discover(struct machine *machine, const struct home *home)
{
	int frc, rc;

	*machine = (struct machine){ .home = *home };
	choose_console(home->tree);
	if ((rc = read_options(&machine->options, home->tree)) ||
	    (rc = read_rtas(&machine->rtas, home->tree)))
		return rc;
	frc = dt_reservations(home->tree, &machine->reserved);
	if (frc)
		return error(E_TREE_CORRUPT, "memory reservations: %s", fdt_strerror(frc));
	if (machine->options.cas)
		rc = cas(&machine->home, &machine->options);
	else if ((frc = dt_open(machine->home.tree, TREE_SPACE)))
		rc = error(E_TREE_EDIT, "%s", fdt_strerror(frc));
	if (rc)
		return rc;
	if ((rc = read_memory(&machine->memory, machine->home.tree)) ||
	    (rc = read_cpus(&machine->cpus, machine->home.tree)) ||
	    (rc = pci_describe_bridges(machine)))
		return rc;
	report(machine);
	return 0;
}
