// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/pci.h"

#include "fdt/read.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/rtas.h"
#include "lib/string.h"

/* PCI-to-PCI Bridge Architecture 1.2, 3.2: primary, secondary, subordinate and a timer, low byte first */
#define PCI_PRIMARY_BUS	   0x18
#define CLASS_PCI_BRIDGE   0x0604	/* base class and subclass; "class-code" has a byte more */

/* ibm,read-pci-config: config address, unit id, size -> value (LoPAR 7.3.4.1) */
static int read_config(const struct machine *machine, uint64_t buid, uint32_t address, uint32_t *value)
{
	const uint32_t args[] = { address, (uint32_t)(buid >> 32), (uint32_t)buid, 4 };

	return rtas_call(machine->rtas.read_pci_config, args, 4, value, 2);
}

/* "reg" of a PCI node: first cell, bus in 16-23 and device and function in 8-15 (IEEE 1275 PCI 2.2.1.1) */
static int config_address(const void *tree, int node, uint32_t *address)
{
	int size;
	const fdt32_t *reg = fdt_getprop(tree, node, "reg", &size);

	if (!reg || size < (int)sizeof(*reg))
		return error(E_PCI, "%s has no reg", fdt_get_name(tree, node, NULL));
	*address = fdt32_ld(reg) & 0xffff00;
	return 0;
}

static int set_bus_range(void *tree, int node, uint32_t first, uint32_t last)
{
	const fdt32_t range[2] = { cpu_to_fdt32(first), cpu_to_fdt32(last) };
	int frc = fdt_setprop(tree, node, "bus-range", range, sizeof(range));

	if (frc == 0)
		frc = fdt_setprop_string(tree, node, "device_type", "pci");
	if (frc == 0 && !fdt_getprop(tree, node, "ranges", NULL))
		frc = fdt_setprop_empty(tree, node, "ranges");	/* windows: the kernel assigns them */
	return frc ? error(E_TREE_EDIT, "bridge: %s", fdt_strerror(frc)) : 0;
}

static int describe_bridge(const struct machine *machine, const struct phb *phb, int node)
{
	void *tree = machine->home.tree;
	uint32_t address = 0, buses = 0, first, last;
	int status, rc = config_address(tree, node, &address);

	if (rc)
		return rc;
	status = read_config(machine, phb->buid, address | PCI_PRIMARY_BUS, &buses);
	first = buses >> 8 & 0xff;
	last = buses >> 16 & 0xff;
	if (status)
		return error(E_PCI, "ibm,read-pci-config -> %d", status);
	if ((buses & 0xff) != address >> 16 || first <= address >> 16 || last < first)
		return error(E_PCI, "bridge at 0x%x has buses 0x%08x", address, buses);
	log_info("bridge=0x%x buses=%u-%u", address, first, last);
	return set_bus_range(tree, node, first, last);
}

/* Everything below one PHB; offsets before the node at hand do not move when it grows. */
static int walk(struct machine *machine, struct phb *phb)
{
	const void *tree = machine->home.tree;
	int depth = 0, node = phb->node, rc;
	uint32_t class_code;

	while ((node = fdt_next_node(tree, node, &depth)) >= 0 && depth > 0) {
		if (dt_u32(tree, node, "class-code", &class_code))
			continue;
		machine->pci_devices++;
		if (class_code >> 8 != CLASS_PCI_BRIDGE)
			continue;
		phb->bridges++;
		rc = describe_bridge(machine, phb, node);
		if (rc)
			return rc;
	}
	return 0;
}

static int add_phb(struct machine *machine, int node)
{
	const void *tree = machine->home.tree;
	struct phb *phb = &machine->phb[machine->phb_count];
	struct range reg;
	int frc;

	if (machine->phb_count == PHB_MOST)
		return error(E_TOO_MANY, "over %d PCI host bridges", PHB_MOST);
	frc = dt_reg(tree, node, (struct dt_cells){ 2, 2 }, 0, &reg);
	if (frc)
		return error(E_BAD_PHB, "%s: reg: %s", fdt_get_name(tree, node, NULL), fdt_strerror(frc));
	*phb = (struct phb){ .node = node, .buid = reg.start };
	machine->phb_count++;
	return walk(machine, phb);
}

int pci_describe_bridges(struct machine *machine)
{
	const void *tree = machine->home.tree;
	int node, rc;

	fdt_for_each_subnode(node, tree, 0) {
		if (strncmp(fdt_get_name(tree, node, NULL), "pci@", 4) != 0)
			continue;
		rc = add_phb(machine, node);
		if (rc)
			return rc;
	}
	return 0;
}
