// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/schema.h"

#define ROW(constant, name, flags, ...) { name, PROPERTY_ROW(flags, __VA_ARGS__) },
#define PROPERTY_ROW(flags, form, step, ...) form, flags, step, __VA_ARGS__

static const struct property_schema root_schema[] = { ROOT_PROPERTIES(ROW) };
static const struct property_schema cpus_schema[] = { CPUS_PROPERTIES(ROW) };
static const struct property_schema cpu_schema[] = { CPU_PROPERTIES(ROW) };
static const struct property_schema memory_schema[] = { MEMORY_PROPERTIES(ROW) };
static const struct property_schema rtas_schema[] = { RTAS_PROPERTIES(ROW) };
static const struct property_schema xics_schema[] = { XICS_PROPERTIES(ROW) };
static const struct property_schema xive_schema[] = { XIVE_PROPERTIES(ROW) };
static const struct property_schema event_sources_schema[] = { EVENT_SOURCES_PROPERTIES(ROW) };
static const struct property_schema epow_events_schema[] = { EPOW_EVENTS_PROPERTIES(ROW) };
static const struct property_schema vdevice_schema[] = { VDEVICE_PROPERTIES(ROW) };
static const struct property_schema vty_schema[] = { VTY_PROPERTIES(ROW) };
static const struct property_schema nvram_schema[] = { NVRAM_PROPERTIES(ROW) };
static const struct property_schema hypervisor_schema[] = { HYPERVISOR_PROPERTIES(ROW) };
static const struct property_schema phb_schema[] = { PHB_PROPERTIES(ROW) };
static const struct property_schema pci_schema[] = { PCI_PROPERTIES(ROW) };
static const struct property_schema chosen_schema[] = { CHOSEN_PROPERTIES(ROW) };
static const struct property_schema record_schema[] = { RECORD_PROPERTIES(ROW) };
static const struct property_schema reserved_memory_schema[] = { RESERVED_MEMORY_PROPERTIES(ROW) };
static const struct property_schema pool_schema[] = { POOL_PROPERTIES(ROW) };

_Static_assert(RTAS_COUNT <= NODE_VALUES_MAX, "a node with more properties than values");

#define ONE  false, false
#define UNIT true, false	/* one, with a unit address */
#define MANY true, true		/* any number, told apart by their unit addresses */

const struct node_schema node_schemas[NODE_KINDS] = {
	[NODE_ROOT] = { "", NODE_ROOT, BOTH | REQUIRED, ONE, ROOT_COUNT, root_schema },
	[NODE_CPUS] = { "cpus", NODE_ROOT, BOTH | REQUIRED, ONE, CPUS_COUNT, cpus_schema },
	[NODE_CPU] = { "cpu", NODE_CPUS, BOTH | REQUIRED, MANY, CPU_COUNT, cpu_schema },
	[NODE_MEMORY] = { "memory", NODE_ROOT, BOTH | REQUIRED, MANY, MEMORY_COUNT,
			  memory_schema },
	[NODE_RTAS] = { "rtas", NODE_ROOT, BOTH | REQUIRED, ONE, RTAS_COUNT, rtas_schema },
	[NODE_XICS] = { "interrupt-controller", NODE_ROOT, BOTH, ONE, XICS_COUNT, xics_schema },
	[NODE_XIVE] = { "interrupt-controller", NODE_ROOT, BOTH, UNIT, XIVE_COUNT, xive_schema },
	[NODE_EVENT_SOURCES] = { "event-sources", NODE_ROOT, BOTH, ONE, EVENT_SOURCES_COUNT,
				 event_sources_schema },
	[NODE_EPOW_EVENTS] = { "epow-events", NODE_EVENT_SOURCES, BOTH, ONE, EPOW_EVENTS_COUNT,
			       epow_events_schema },
	[NODE_VDEVICE] = { "vdevice", NODE_ROOT, BOTH, ONE, VDEVICE_COUNT, vdevice_schema },
	[NODE_VTY] = { "vty", NODE_VDEVICE, BOTH, MANY, VTY_COUNT, vty_schema },
	[NODE_NVRAM] = { "nvram", NODE_VDEVICE, BOTH, UNIT, NVRAM_COUNT, nvram_schema },
	[NODE_HYPERVISOR] = { "hypervisor", NODE_ROOT, BOTH, ONE, HYPERVISOR_COUNT,
			      hypervisor_schema },
	[NODE_PHB] = { "pci", NODE_ROOT, BOTH, MANY, PHB_COUNT, phb_schema },
	[NODE_PCI] = { "device", NODE_PHB, BOTH, MANY, PCI_COUNT, pci_schema },
	[NODE_CHOSEN] = { "chosen", NODE_ROOT, BOTH | REQUIRED, ONE, CHOSEN_COUNT, chosen_schema },
	[NODE_RECORD] = { "pefboot", NODE_CHOSEN, LINUX, ONE, RECORD_COUNT, record_schema },
	[NODE_RESERVED_MEMORY] = { "reserved-memory", NODE_ROOT, LINUX, ONE,
				   RESERVED_MEMORY_COUNT, reserved_memory_schema },
	[NODE_POOL] = { "restricted-dma", NODE_RESERVED_MEMORY, LINUX, UNIT, POOL_COUNT,
			pool_schema },
};
