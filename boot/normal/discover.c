// SPDX-License-Identifier: GPL-2.0-or-later
/* Step 2: what the platform is, and what it becomes by client-architecture-support. */
#include "boot/doors/door.h"
#include "boot/doors/kexec_cleanup.h"
#include "boot/normal/cas.h"
#include "boot/normal/normal.h"
#include "boot/normal/nvram.h"
#include "boot/normal/pci.h"
#include "boot/normal/tree_outline.h"
#include "fdt/edit.h"
#include "fdt/read.h"
#include "fdt/tpm.h"
#include "lib/console.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/options_apply.h"
#include "lib/parse.h"
#include "lib/stop.h"
#include "lib/string.h"

#define VTY_PATH "/vdevice/vty@"

static int read_options(struct options *options, const void *tree, int chosen)
{
	return options_apply(options, dt_string(tree, chosen, "bootargs"));
}

/*
 * The terminal that stdout-path names by its unit address, options after a colon; without one
 * QEMU's first is used.
 */
static void choose_console(const void *tree, int chosen)
{
	const char *path = dt_string(tree, chosen, "stdout-path");
	uint64_t termno;

	if (!path || strncmp(path, VTY_PATH, strlen(VTY_PATH)) != 0)
		return;
	path += strlen(VTY_PATH);
	if (parse_number(&path, NULL, 16, &termno) && termno <= UINT32_MAX &&
	    (*path == '\0' || *path == ':'))
		console_select((uint32_t)termno);
}

static int read_rtas(struct rtas_tokens *rtas, const void *tree, int node)
{
	const struct {
		const char *name;
		uint32_t *value;
	} wanted[] = {
		{ "power-off", &rtas->power_off },
		{ "ibm,read-pci-config", &rtas->read_pci_config },
		{ "rtas-size", &rtas->size },
	};
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

static uint64_t total_mib(const struct ranges *memory)
{
	uint64_t total = 0;

	for (size_t i = 0; i < memory->count; i++)
		total += range_size(memory->item[i]) >> 20;
	return total;
}

static void log_platform(const struct machine *machine)
{
	const struct dt_outline *outline = &machine->outline;

	log_step(STEP_DISCOVER, "memory=%luM cpus=%u phbs=%u pci=%u mmu=%s irq=%s",
		 total_mib(&outline->memory), outline->cpus, outline->phbs, outline->pci_devices,
		 cas_chose_radix(machine) ? "radix" : "hash",
		 cas_chose_xive(machine) ? "xive" : "xics");
}

static int read_platform(struct machine *machine)
{
	struct dt_outline *outline = &machine->outline;
	int rc = tree_outline(outline, machine->home.tree, DT_FULL);

	if (rc)
		return rc;
	if (outline->cpus == 0)
		return error(E_NO_CPUS, "no cpu in /cpus");
	log_init("pefboot", outline->timebase_hz);
	for (size_t i = 0; i < outline->memory.count; i++)
		log_info("memory=0x%lx-0x%lx", outline->memory.item[i].start,
			 outline->memory.item[i].end);
	rc = read_rtas(&machine->rtas, machine->home.tree, outline->rtas);
	if (rc)
		return rc;
	if (machine->home.door == DOOR_KEXEC && (rc = kexec_clean_tree(machine)))
		return rc;
	log_platform(machine);
	cas_check_params(machine, &machine->options);
	nvram_format(machine);
	return pci_describe_bridges(machine);	/* last: it moves the nodes of the outline */
}

int discover(struct machine *machine, const struct home *home)
{
	int chosen, frc, rc;

	*machine = (struct machine){ .home = *home };
	chosen = dt_find(home->tree, "/chosen");
	if (chosen < 0)
		return error(E_NO_CHOSEN, "/chosen: %s", fdt_strerror(chosen));
	choose_console(home->tree, chosen);
	rc = read_options(&machine->options, home->tree, chosen);
	if (rc)
		return rc;
	machine->limit = machine->options.params.limit;
	frc = dt_reservations(home->tree, &machine->reserved);
	if (frc == 0 && home->door == DOOR_KEXEC)
		frc = dt_keep_tpm_log(home->tree, &machine->reserved);
	if (frc)
		return error(E_TREE_CORRUPT, "memory reservations: %s", fdt_strerror(frc));
	/* after other doors it has been done already */
	if (machine->options.cas && home->door == DOOR_BIOS)
		rc = cas(&machine->home, &machine->options);
	else if ((frc = dt_open(machine->home.tree, TREE_SPACE)))
		rc = error(E_TREE_EDIT, "%s", fdt_strerror(frc));
	if (rc)
		return rc;
	return read_platform(machine);
}
