// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/pci.h"

#include "boot/doors/door.h"
#include "fdt/insert.h"
#include "fdt/read.h"
#include "lib/endian.h"
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

/* What is added to bridges, for all of them at once; in the scrap. */
#define BRIDGE_PROPERTIES 3

struct bridge_values {
	be32 buses[2], window[8];
};

struct bridge_edits {
	struct bridge_values value[DT_BRIDGES_MAX];
	struct dt_insertion list[DT_BRIDGES_MAX * BRIDGE_PROPERTIES];
	size_t bridges;
};
_Static_assert(sizeof(struct bridge_edits) <= SCRAP_SPACE, "struct home");

/*
 * Linux assigns memory windows by itself, but an I/O window only to a bridge that has one in
 * "ranges". Each bus gets 4 KiB of the host bridge's 64 KiB; the window of a bridge covers its own
 * bus and those below it, so that windows nest. Buses for which there is no room get none.
 * Returns the bytes of it.
 */
static uint32_t io_window(be32 window[8], uint32_t first, uint32_t last)
{
	const be32 space = be32_make(PCI_PHYS_IO), zero = be32_make(0);
	const be32 start = be32_make(IO_FIRST + (first - 1) * IO_PER_BUS);
	const uint32_t end = IO_FIRST + last * IO_PER_BUS;

	if (end > IO_END)
		return 0;
	window[0] = window[3] = space;	/* child, then parent */
	window[1] = window[4] = zero;
	window[2] = window[5] = start;
	window[6] = zero;
	window[7] = be32_make(end - be32_get(start));
	return 8 * sizeof(be32);
}

static void set_buses(struct bridge_edits *edits, int node, uint32_t first, uint32_t last)
{
	struct bridge_values *value = &edits->value[edits->bridges];
	struct dt_insertion *list = &edits->list[edits->bridges++ * BRIDGE_PROPERTIES];

	value->buses[0] = be32_make(first);
	value->buses[1] = be32_make(last);
	list[0] = (struct dt_insertion){ node, "bus-range", value->buses, sizeof(value->buses), 0 };
	list[1] = (struct dt_insertion){ node, "device_type", "pci", sizeof("pci"), 0 };
	list[2] = (struct dt_insertion){ node, "ranges", value->window,
					 io_window(value->window, first, last), 0 };
}

static int describe_bridge(struct bridge_edits *edits, const struct machine *machine,
			   const struct dt_bridge *bridge)
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
	set_buses(edits, bridge->node, first, last);
	return 0;
}

/*
 * SLOF has numbered buses, opened windows and placed BARs in them: that stays as it is. VOF leaves
 * it to us.
 */
static bool is_described(const struct machine *machine, const struct dt_bridge *bridge)
{
	return machine->home.door == DOOR_OPEN_FIRMWARE &&
	       dt_get(machine->home.tree, bridge->node, "bus-range", NULL);
}

int pci_describe_bridges(struct machine *machine)
{
	struct bridge_edits *edits = machine->home.scrap;
	int rc = 0, frc;

	edits->bridges = 0;
	for (uint32_t i = 0; rc == 0 && i < machine->outline.bridges; i++)
		if (!is_described(machine, &machine->outline.bridge[i]))
			rc = describe_bridge(edits, machine, &machine->outline.bridge[i]);
	if (rc || !edits->bridges)
		return rc;
	frc = dt_insert(machine->home.tree, edits->list, edits->bridges * BRIDGE_PROPERTIES);
	return frc ? error(E_TREE_EDIT, "bridges: %s", fdt_strerror(frc)) : 0;
}
