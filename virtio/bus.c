// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/bus.h"

#include "abi/virtio.h"
#include "fdt/read.h"
#include "fdt/walk.h"
#include "fdt/windows.h"
#include "lib/endian.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/string.h"

#define CELL 4U
#define IO_FIRST 0x1000		/* 0 means unassigned, and windows of bridges are 4 KiB */

/* A node below a host bridge, while its properties pass. */
struct pci_node {
	int node, depth;
	uint32_t vendor, device, subsystem, class_code;
	const uint8_t *reg;
	uint32_t reg_size;
};

/* Where the walk is: the node at hand, and the bridges above it. */
struct walk {
	struct dt_walk dt;
	struct pci_bus *bus;
	struct pci_phb *phb;		/* being read, or NULL */
	struct pci_node at;
	uint32_t bridges, bridge[PCI_DEPTH];
	int depth[PCI_DEPTH];
};

static uint64_t pair_load(const uint8_t *cell)
{
	return (uint64_t)be32_load(cell) << 32 | be32_load(cell + CELL);
}

static bool read_windows(struct pci_phb *phb, const uint8_t *at, uint32_t size)
{
	struct dt_window window;
	int frc;

	while ((frc = dt_window_next(&window, &at, &size)) > 0) {
		uint32_t space = window.space;
		struct range pci;

		if (space == OF_PCI_SPACE_CONFIG ||
		    !range_make(&pci, window.pci, range_size(window.cpu)))
			return false;
		if (space == OF_PCI_SPACE_IO && pci.start < IO_FIRST && pci.end > IO_FIRST)
			pci.start = IO_FIRST;
		if (space == OF_PCI_SPACE_MEM32 && pci.end > 1UL << 32)
			return false;
		phb->window[space - OF_PCI_SPACE_IO] =
			(struct pci_window){ pci.start, pci.start, pci.end,
					     window.cpu.start - window.pci };
	}
	return frc == 0;
}

/*
 * "ibm,dma-window": liobn, address (2 cells), size (2 cells). None: only plain devices can be used.
 */
static bool read_dma_window(struct dma_window *dma, const uint8_t *at, uint32_t size)
{
	if (size != 5 * CELL ||
	    !range_make(&dma->bus, pair_load(at + CELL), pair_load(at + 3 * CELL)))
		return false;
	dma->liobn = be32_load(at);
	return true;
}

/* The type behind vendor and device id; 0 where the function is no virtio device. */
static uint32_t virtio_type(const struct pci_node *at)
{
	if (at->vendor != VIRTIO_PCI_VENDOR || at->device < VIRTIO_PCI_DEVICE_LEGACY ||
	    at->device > VIRTIO_PCI_DEVICE_LAST)
		return 0;
	return at->device >= VIRTIO_PCI_DEVICE_MODERN ? at->device - VIRTIO_PCI_DEVICE_MODERN :
							at->subsystem;
}

/* "reg": configuration space first, then a BAR an entry: address (3 cells), size (2 cells). */
static bool read_bars(struct pci_function *function, const uint8_t *at, uint32_t size)
{
	const uint32_t entry = 5 * CELL;

	if (size < entry || size % entry)
		return false;
	while (size -= entry) {
		uint32_t hi, number;

		at += entry;
		hi = be32_load(at);
		number = (OF_PCI_REGISTER(hi) - PCI_BASE_ADDRESS_0) / 4;
		if (OF_PCI_SPACE(hi) != OF_PCI_SPACE_CONFIG && number < PCI_BARS)
			function->bar[number] = (struct pci_bar){
				pair_load(at + 3 * CELL), OF_PCI_SPACE(hi) - OF_PCI_SPACE_IO };
	}
	return true;
}

static int add_function(struct walk *walk, uint32_t type)
{
	struct pci_bus *bus = walk->bus;
	struct pci_function *function = &bus->function[bus->functions];

	if (bus->functions == PCI_FUNCTIONS_MAX)
		return error(E_TOO_MANY, "over %d virtio devices", PCI_FUNCTIONS_MAX);
	*function = (struct pci_function){
		.node = walk->at.node, .type = type, .phb = bus->phbs, .bridges = walk->bridges,
		.config = { walk->phb->buid, OF_PCI_FUNCTION(be32_load(walk->at.reg)), 0, 0 },
	};
	memcpy(function->bridge, walk->bridge, sizeof(walk->bridge));
	if (read_bars(function, walk->at.reg, walk->at.reg_size))
		bus->functions++;
	else
		log_notice("notice: virtio device at 0x%x left out: bad \"reg\"",
			   function->config.address);
	return 0;
}

/* All properties of the node at hand have passed. */
static int finish_node(struct walk *walk)
{
	struct pci_node at = walk->at;

	if (!walk->phb || at.node < 0 || at.depth < 2 || !at.reg || at.reg_size < CELL)
		return 0;
	if (virtio_type(&at))
		return add_function(walk, virtio_type(&at));
	if (at.class_code >> 8 != PCI_CLASS_BRIDGE_PCI)
		return 0;
	if (walk->bridges == PCI_DEPTH)
		return error(E_TOO_MANY, "PCI bridges nested over %d deep", PCI_DEPTH);
	walk->depth[walk->bridges] = at.depth;
	walk->bridge[walk->bridges++] = OF_PCI_FUNCTION(be32_load(at.reg));
	return 0;
}

static int finish_phb(struct walk *walk)
{
	if (walk->phb)
		walk->bus->phbs++;
	walk->phb = NULL;
	walk->bridges = 0;
	return 0;
}

static int start_node(struct walk *walk)
{
	struct pci_bus *bus = walk->bus;
	int rc = finish_node(walk);

	walk->at = (struct pci_node){ .node = walk->dt.node, .depth = walk->dt.depth };
	while (walk->bridges && walk->depth[walk->bridges - 1] >= walk->dt.depth)
		walk->bridges--;
	if (rc || walk->dt.depth != 1)
		return rc;
	finish_phb(walk);
	if (strncmp(walk->dt.name, "pci@", 4) != 0)
		return 0;
	if (bus->phbs == PCI_PHBS_MAX)
		return error(E_TOO_MANY, "over %d PCI host bridges", PCI_PHBS_MAX);
	walk->phb = &bus->phb[bus->phbs];
	*walk->phb = (struct pci_phb){ 0 };
	return 0;
}

static bool phb_property(struct walk *walk)
{
	const struct dt_walk *dt = &walk->dt;

	if (strcmp(dt->name, "reg") == 0 && dt->size >= 2 * CELL)
		walk->phb->buid = pair_load(dt->value);
	else if (strcmp(dt->name, "ranges") == 0)
		return read_windows(walk->phb, dt->value, dt->size);
	else if (strcmp(dt->name, "ibm,dma-window") == 0)
		return read_dma_window(&walk->phb->dma, dt->value, dt->size);
	return true;
}

static void node_property(struct walk *walk)
{
	const struct dt_walk *dt = &walk->dt;
	const struct {
		const char *name;
		uint32_t *value;
	} wanted[] = {
		{ "vendor-id", &walk->at.vendor }, { "device-id", &walk->at.device },
		{ "subsystem-id", &walk->at.subsystem }, { "class-code", &walk->at.class_code },
	};

	if (strcmp(dt->name, "reg") == 0) {
		walk->at.reg = dt->value;
		walk->at.reg_size = dt->size;
	}
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]) && dt->size == CELL; i++)
		if (strcmp(dt->name, wanted[i].name) == 0)
			*wanted[i].value = be32_load(dt->value);
}

static int visit_event(struct walk *walk, int event)
{
	int rc = 0;

	if (event == DT_NODE)
		return start_node(walk);
	if (event == DT_NODE_END) {
		rc = finish_node(walk);
		walk->at.node = -1;
	} else if (walk->phb && walk->at.depth == 1 && !phb_property(walk)) {
		rc = error(E_PCI, "a host bridge has a bad \"%s\"", walk->dt.name);
	} else if (walk->phb && walk->at.depth > 1) {
		node_property(walk);
	}
	return rc;
}

static int read_tokens(struct pci_bus *bus, const void *tree)
{
	int rtas = dt_find(tree, "/rtas");
	uint32_t read_token, write_token;

	if (rtas < 0 || dt_u32(tree, rtas, "ibm,read-pci-config", &read_token) ||
	    dt_u32(tree, rtas, "ibm,write-pci-config", &write_token))
		return error(E_NO_RTAS, "ibm,read-pci-config, ibm,write-pci-config");
	for (uint32_t i = 0; i < bus->functions; i++) {
		bus->function[i].config.read_token = read_token;
		bus->function[i].config.write_token = write_token;
	}
	return 0;
}

int bus_find(struct pci_bus *bus, const void *tree, uint64_t max)
{
	struct walk walk = { .bus = bus, .at = { .node = -1 } };
	int event, rc = 0;

	bus->phbs = bus->functions = bus->open_bridges = 0;
	event = dt_walk_start(&walk.dt, tree, max);
	while (event == 0 && rc == 0 && (event = dt_walk_next(&walk.dt)) > DT_DONE) {
		rc = visit_event(&walk, event);
		event = 0;
	}
	if (rc)
		return rc;
	if (event < 0)
		return error(E_TREE_CORRUPT, "%s", fdt_strerror(event));
	finish_phb(&walk);
	return bus->functions ? read_tokens(bus, tree) : 0;
}
