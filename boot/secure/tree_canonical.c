// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tree of a secure guest. Its form is fdt/canonical.h's to judge, here and again when Linux'
 * tree is written (boot/secure/linux_tree.c); here its values are held against each other. Nodes
 * come in the order of fdt/schema.h: memory before whatever must not lie over it, the interrupt
 * controller before who refers to it, terminals before the path that names one.
 */
#include "boot/secure/tree_canonical.h"

#include <libfdt.h>

#include "abi/papr.h"
#include "abi/pci.h"
#include "boot/handover.h"
#include "boot/secure/tree.h"
#include "boot/secure/tree_rtas.h"
#include "fdt/canonical.h"
#include "fdt/memory.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/format.h"
#include "lib/stop.h"
#include "lib/string.h"

#define TERMINALS_MAX 16
#define SERVERS_MAX   0x8000	/* Linux keeps them as s16: asm/paca.h hw_cpu_id */
#define QUEUE_MIN     12	/* bits of a size of event queues: Linux shifts by them */
#define QUEUE_MAX     24

struct collector {
	struct node_sink sink;
	struct guest *guest;
	uint32_t boot_cpu;
	uint64_t threads;	/* the first interrupt server number that is free */
	bool has_boot_cpu, has_interrupts;
	uint32_t window_calls[WINDOW_CALLS];
	size_t terminals;
	uint32_t terminal[TERMINALS_MAX];
	int depth;
	/* on which the children of a node at that depth are */
	uint32_t bus[CANONICAL_DEPTH_MAX + 1];
};

/* A logical version, which Linux believes rather than the PVR. */
static bool is_known_version(uint32_t version)
{
	return version >> 24 != PVR_ARCH_207 >> 24 ||
	       (version >= PVR_ARCH_207 && version <= PVR_ARCH_31_P11);
}

/*
 * Threads of a CPU have consecutive numbers, the first of which names it (QEMU hw/ppc/spapr.c
 * spapr_dt_cpu()). No two CPUs have the same.
 */
static int take_threads(struct collector *collector, const struct node *node)
{
	const uint32_t first = node_cell(node, CPU_REG, 0);
	uint32_t count = node->value[CPU_THREADS].size / 4;

	if (first < collector->threads)
		return error(E_VERIFY_TREE, "cpu@%x: a thread of the CPU before", first);
	for (uint32_t i = 0; i < count; i++)
		if (node_cell(node, CPU_THREADS, i) != first + i)
			return error(E_VERIFY_TREE, "cpu@%x: threads out of order", first);
	collector->threads = first + (count ? count : 1UL);
	if (collector->threads > SERVERS_MAX)
		return error(E_VERIFY_TREE, "cpu@%x: no number of a CPU", first);
	if (collector->boot_cpu >= first && collector->boot_cpu < collector->threads)
		collector->has_boot_cpu = true;
	return 0;
}

/*
 * As a processor that it does not know Linux has no MMU: prom.c early_init_dt_scan_cpus().
 */
static int take_cpu(struct collector *collector, const struct node *node)
{
	if (node->value[CPU_VERSION].data && !is_known_version(node_cell(node, CPU_VERSION, 0)))
		return error(E_VERIFY_TREE, "cpu@%x: unknown cpu-version 0x%08x",
			     node_cell(node, CPU_REG, 0), node_cell(node, CPU_VERSION, 0));
	return take_threads(collector, node);
}

static int take_memory(struct collector *collector, const struct node *node)
{
	const struct dt_cells cells = { 2, 2 };
	int frc = dt_add_memory(&collector->guest->memory, cells, node->value[MEMORY_REG].data,
				node->value[MEMORY_REG].size);

	return frc ? error(E_VERIFY_TREE, "memory@%lx: %s", node_u64(node, MEMORY_REG, 0),
			   frc == -FDT_ERR_NOSPACE ? "too many" : "wraps or overlaps") :
		     0;
}

static int take_rtas(struct collector *collector, const struct node *node)
{
	int rc = tree_check_rtas(node);

	if (rc)
		return rc;
	tree_window_calls(node, collector->window_calls);
	stop_set_power_off(node_cell(node, RTAS_POWER_OFF, 0));
	return tree_take_rtas(collector->guest, node_cell(node, RTAS_BASE, 0),
			      node_cell(node, RTAS_ENTRY, 0), node_cell(node, RTAS_SIZE, 0));
}

/* References go to the one phandle that there is. */
static int take_interrupts(struct collector *collector)
{
	if (collector->has_interrupts)
		return error(E_VERIFY_TREE, "two interrupt controllers");
	collector->has_interrupts = true;
	return 0;
}

/* Linux maps what "reg" names: the pages where interrupts are taken. */
static int take_xive(struct collector *collector, const struct node *node)
{
	for (uint32_t i = 0; i < node->value[XIVE_REG].size / 8; i += 2) {
		struct range page;

		if (!range_make(&page, node_u64(node, XIVE_REG, i),
				node_u64(node, XIVE_REG, i + 1)) ||
		    ranges_hit(&collector->guest->memory, page))
			return error(E_VERIFY_RANGE, "interrupt controller at 0x%lx over memory",
				     node_u64(node, XIVE_REG, i));
	}
	for (uint32_t i = 0; i < node->value[XIVE_QUEUES].size / 4; i++)
		if (node_cell(node, XIVE_QUEUES, i) - QUEUE_MIN > QUEUE_MAX - QUEUE_MIN)
			return error(E_VERIFY_TREE, "ibm,xive-eq-sizes");
	return take_interrupts(collector);
}

static int take_terminal(struct collector *collector, const struct node *node)
{
	if (collector->terminals == TERMINALS_MAX)
		return error(E_VERIFY_TREE, "over %d terminals", TERMINALS_MAX);
	collector->terminal[collector->terminals++] = node_cell(node, VTY_REG, 0);
	return 0;
}

/* Entries of seven cells, the fifth of which is a phandle. */
static int check_map(const struct collector *collector, const struct node *node)
{
	const struct node_value *map = &node->value[PHB_INTERRUPT_MAP];

	for (uint32_t cell = 4; cell < map->size / 4; cell += 7)
		if (!collector->has_interrupts ||
		    node_cell(node, PHB_INTERRUPT_MAP, cell) != PHANDLE_INTERRUPTS)
			return error(E_VERIFY_TREE, "interrupt-map of host bridge 0x%lx",
				     node_unit(node));
	return 0;
}

static int take_phb(struct collector *collector, const struct node *node)
{
	const struct node_value *windows = &node->value[PHB_WINDOWS];
	int rc = tree_check_windows(collector->guest, node_unit(node), windows->data,
				    windows->size);

	if (rc == 0 && (node_cell(node, PHB_BUSES, 0) != 0 || node_cell(node, PHB_BUSES, 1) > 255))
		rc = error(E_VERIFY_TREE, "bus-range of host bridge 0x%lx", node_unit(node));
	if (rc == 0 && !tree_names_window_calls(node, collector->window_calls))
		rc = error(E_VERIFY_TREE, "ibm,ddw-* of host bridge 0x%lx", node_unit(node));
	return rc ? rc : check_map(collector, node);
}

/* A bridge in its class is one in all its properties, and its buses lie beyond its own. */
static bool is_sound_bridge(const struct node *node, uint32_t bus)
{
	bool bridge = node_cell(node, PCI_CLASS, 0) >> 8 == PCI_CLASS_BRIDGE_PCI;
	static const uint8_t own[] = { PCI_DEVICE_TYPE, PCI_ADDRESS_CELLS, PCI_SIZE_CELLS,
				       PCI_BUSES, PCI_WINDOWS };

	for (size_t i = 0; i < sizeof(own); i++)
		if ((node->value[own[i]].data != NULL) != bridge)
			return false;
	return !bridge || (node->value[PCI_WINDOWS].size % 32 == 0 &&
			   node_cell(node, PCI_BUSES, 0) > bus &&
			   node_cell(node, PCI_BUSES, 1) >= node_cell(node, PCI_BUSES, 0) &&
			   node_cell(node, PCI_BUSES, 1) <= 255);
}

static int take_pci(struct collector *collector, const struct node *node)
{
	uint64_t place = node_unit(node);
	uint32_t bus = collector->bus[collector->depth];

	if (place >> 8 != bus || !is_sound_bridge(node, bus))
		return error(E_VERIFY_TREE, "PCI device 0x%lx on bus %u", place, bus);
	if (node_is_bridge(node))
		collector->bus[collector->depth + 1] = node_cell(node, PCI_BUSES, 0);
	return 0;
}

static bool is_terminal(const struct collector *collector, const struct node_value *path)
{
	char want[32];

	if (!path->data)
		return true;
	for (size_t i = 0; i < collector->terminals; i++) {
		format(want, sizeof(want), "/vdevice/vty@%x", collector->terminal[i]);
		if (strcmp(path->data, want) == 0)
			return true;
	}
	return false;
}

static int take_initrd(struct guest *guest, const struct node *node)
{
	const bool start = node->value[CHOSEN_INITRD_START].data;

	if (start != (node->value[CHOSEN_INITRD_END].data != NULL))
		return error(E_VERIFY_TREE, "/chosen: half an initrd");
	if (!start)
		return 0;
	guest->initrd.start = node_address(node, CHOSEN_INITRD_START);
	guest->initrd.end = node_address(node, CHOSEN_INITRD_END);
	return guest->initrd.end < guest->initrd.start ?
		       error(E_VERIFY_TREE, "/chosen/linux,initrd-*") :
		       0;
}

/* Nothing here reads it, so it may lie anywhere in memory. */
static int check_blob(const struct guest *guest, const struct node *node)
{
	const bool start = node->value[CHOSEN_BLOB_START].data;
	struct range blob;

	if (start != (node->value[CHOSEN_BLOB_END].data != NULL))
		return error(E_VERIFY_TREE, "/chosen: half an ESM blob");
	if (!start)
		return 0;
	blob.start = node_u64(node, CHOSEN_BLOB_START, 0);
	blob.end = node_u64(node, CHOSEN_BLOB_END, 0);
	return blob.start >= blob.end || !ranges_contain(&guest->memory, blob) ?
		       error(E_VERIFY_RANGE, "ESM blob 0x%lx-0x%lx", blob.start, blob.end) :
		       0;
}

/*
 * What Linux takes for negotiated: prom.c early_check_vec5(). With a hash table, or where the
 * host flushes TLBs for it, what Linux maps and unmaps would be the host's to decide.
 */
static bool has_own_radix(const struct node_value *vec5)
{
	const uint8_t *byte = vec5->data;

	return vec5->size > OV5_RADIX_EXT && (byte[OV5_MMU] & OV5_MODE_MASK) == OV5_MODE_NEW &&
	       (byte[OV5_RADIX_EXT] & OV5_GTSE);
}

static int take_chosen(struct collector *collector, const struct node *node)
{
	struct guest *guest = collector->guest;
	int rc;

	if (!has_own_radix(&node->value[CHOSEN_VEC5]))
		return error(E_VERIFY_TREE, "/chosen: ibm,architecture-vec-5: no radix, or GTSE");
	if ((rc = take_initrd(guest, node)) || (rc = check_blob(guest, node)))
		return rc;
	if (!is_terminal(collector, &node->value[CHOSEN_STDOUT]) ||
	    !is_terminal(collector, &node->value[CHOSEN_LINUX_STDOUT]))
		return error(E_VERIFY_TREE, "/chosen: stdout-path is no terminal");
	guest->bootargs = node->value[CHOSEN_BOOTARGS].data;
	return tree_take_kernel(guest, node_u64(node, CHOSEN_KERNEL, 0),
				node_u64(node, CHOSEN_KERNEL, 1));
}

static int take_node(struct collector *collector, const struct node *node)
{
	switch (node->kind) {
	case NODE_CPU:
		return take_cpu(collector, node);
	case NODE_MEMORY:
		return take_memory(collector, node);
	case NODE_RTAS:
		return take_rtas(collector, node);
	case NODE_XICS:
		return take_interrupts(collector);
	case NODE_XIVE:
		return take_xive(collector, node);
	case NODE_VTY:
		return take_terminal(collector, node);
	case NODE_PHB:
		return take_phb(collector, node);
	case NODE_PCI:
		return take_pci(collector, node);
	case NODE_CHOSEN:
		return take_chosen(collector, node);
	default:
		return 0;
	}
}

static int begin_node(struct node_sink *sink, struct node *node)
{
	struct collector *collector = (struct collector *)sink;
	int rc;

	collector->bus[collector->depth + 1] = 0;
	rc = take_node(collector, node);
	collector->depth++;
	return rc;
}

static int end_node(struct node_sink *sink)
{
	((struct collector *)sink)->depth--;
	return 0;
}

/*
 * Linux in a secure guest that kexecs pefboot comes as the ultravisor does: offset 0, MSR[S]=1. Its
 * tree is what step 6 writes: it has the record, and no DT_KERNEL.
 */
static bool is_own_tree(const void *tree)
{
	int chosen = dt_check(tree, TREE_SPACE) ? -1 : dt_find(tree, "/chosen");

	return chosen >= 0 && !dt_get(tree, chosen, DT_KERNEL, NULL) &&
	       fdt_subnode_offset(tree, chosen, "pefboot") >= 0;
}

static int explain(const struct guest *guest, const struct tree_fault *fault)
{
	if (is_own_tree(guest->tree))
		return error(E_SECURE_ALREADY, "/chosen/pefboot without " DT_KERNEL);
	return fault->property ? error(E_VERIFY_TREE, "node %pQ, property %pQ: %s", fault->node,
				       fault->property, fault->why) :
				 error(E_VERIFY_TREE, "node %pQ: %s", fault->node, fault->why);
}

int tree_read_canonical(struct guest *guest)
{
	struct tree_fault fault;
	struct collector collector = {
		.sink = { begin_node, end_node },
		.guest = guest,
		.boot_cpu = fdt_boot_cpuid_phys(guest->tree),
	};
	int rc = canonical_read(guest->tree, TREE_SPACE, &collector.sink, &fault);

	if (rc)
		return rc < 0 ? explain(guest, &fault) : rc;
	return collector.has_boot_cpu ? 0 : error(E_VERIFY_TREE, "boot CPU %u not in /cpus",
						  collector.boot_cpu);
}
