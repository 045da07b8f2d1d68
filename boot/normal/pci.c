// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/pci.h"

#include "boot/doors/door.h"
#include "fdt/read.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/rtas.h"

/*
 * PCI-to-PCI Bridge Architecture 1.2, 3.2: primary, secondary, subordinate and a timer, low byte
 * first
 */
#define PCI_PRIMARY_BUS	   0x18
#define PCI_PHYS_IO	   0x81000000	/* IEEE 1275 PCI 2.2.1.1: not relocatable, I/O space */
#define IO_FIRST	   0x2000	/* leaves the start to devices on the root bus */
#define IO_PER_BUS	   0x1000	/* the granule of a bridge's I/O window */
#define IO_END		   0x10000

/* ibm,read-pci-config: config address, unit id, size -> value (LoPAR 7.3.4.1) */
static int read_config(const struct machine *machine, uint64_t buid, uint32_t address,
		       uint32_t *value)
{
	const uint32_t args[] = { address, (uint32_t)(buid >> 32), (uint32_t)buid, 4 };

	return rtas_call(machine->rtas.read_pci_config, args, 4, value, 2);
}

/*
 * Linux assigns memory windows by itself, but an I/O window only to a bridge that has one in
 * "ranges". Each bus gets 4 KiB of the host bridge's 64 KiB; the window of a bridge covers its own
 * bus and those below it, so that windows nest. Buses for which there is no room get none.
 */
static int set_io_window(void *tree, int node, uint32_t first, uint32_t last)
{
	uint32_t start = IO_FIRST + (first - 1) * IO_PER_BUS;
	uint32_t end = IO_FIRST + last * IO_PER_BUS;
	const fdt32_t window[8] = {
		cpu_to_fdt32(PCI_PHYS_IO), 0, cpu_to_fdt32(start),	/* child */
		cpu_to_fdt32(PCI_PHYS_IO), 0, cpu_to_fdt32(start),	/* parent */
		0, cpu_to_fdt32(end - start),
	};

	if (end > IO_END)
		return fdt_setprop_empty(tree, node, "ranges");
	return fdt_setprop(tree, node, "ranges", window, sizeof(window));
}

static int set_buses(void *tree, int node, uint32_t first, uint32_t last)
{
	const fdt32_t range[2] = { cpu_to_fdt32(first), cpu_to_fdt32(last) };
	int frc = fdt_setprop(tree, node, "bus-range", range, sizeof(range));

	if (frc == 0)
		frc = fdt_setprop_string(tree, node, "device_type", "pci");
	if (frc == 0)
		frc = set_io_window(tree, node, first, last);
	return frc ? error(E_TREE_EDIT, "bridge: %s", fdt_strerror(frc)) : 0;
}

static int describe_bridge(struct machine *machine, const struct dt_bridge *bridge)
{
	uint64_t buid = machine->outline.phb[bridge->phb].buid;
	uint32_t buses = 0, bus = bridge->address >> 16, first, last;
	int status = read_config(machine, buid, bridge->address | PCI_PRIMARY_BUS, &buses);

	first = buses >> 8 & 0xff;
	last = buses >> 16 & 0xff;
	if (status)
		return error(E_PCI, "ibm,read-pci-config -> %d", status);
	if ((buses & 0xff) != bus || first <= bus || last < first)
		return error(E_PCI, "bridge at 0x%x has buses 0x%08x", bridge->address, buses);
	log_info("bridge=0x%x phb=0x%lx buses=%u-%u", bridge->address, buid, first, last);
	return set_buses(machine->home.tree, bridge->node, first, last);
}

/*
 * SLOF has numbered buses, opened windows and placed BARs in them: that stays as it is. VOF leaves
 * it to us.
 */
static bool is_described(const struct machine *machine, const struct dt_bridge *bridge)
{
	return machine->home.door == DOOR_OPEN_FIRMWARE &&
	       fdt_getprop(machine->home.tree, bridge->node, "bus-range", NULL);
}

/* From the last to the first: an insertion moves only what follows it. */
int pci_describe_bridges(struct machine *machine)
{
	int rc = 0;

	for (uint32_t i = machine->outline.bridges; rc == 0 && i > 0; i--)
		if (!is_described(machine, &machine->outline.bridge[i - 1]))
			rc = describe_bridge(machine, &machine->outline.bridge[i - 1]);
	return rc;
}
