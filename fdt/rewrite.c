// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/rewrite.h"

#include <libfdt.h>

#include "abi/pci.h"
#include "fdt/memory.h"
#include "fdt/read.h"
#include "fdt/walk.h"
#include "lib/endian.h"
#include "lib/string.h"

#define DYNAMIC_MEMORY "/ibm,dynamic-reconfiguration-memory"

struct rewriter {
	void *fdt;
	struct node_sink *sink;
	struct rewrite_entry *entry;
	size_t used, room;
	struct tree_fault *fault;
	struct node node;
	uint32_t interrupts;		/* phandle of the interrupt controller; 0: has none */
};

static int lacks(const struct rewriter *rewriter, const char *node, const char *property)
{
	*rewriter->fault = (struct tree_fault){ "missing, or malformed", node, property };
	return -FDT_ERR_NOTFOUND;
}

/*
 * What has one value and is required gets it, whatever the platform says: the value itself is
 * written from the schema.
 */
static void set_constants(struct node *node)
{
	const struct node_schema *schema = &node_schemas[node->kind];

	for (int i = 0; i < schema->count; i++) {
		const struct property_schema *property = &schema->property[i];

		if ((property->flags & REQUIRED) && value_is_constant(property))
			node->value[i] = (struct node_value){ property, 0 };
	}
}

/* The values of @offset that the schema of @kind knows. Which are missing is seen at the end. */
static void read_values(struct rewriter *rewriter, enum node_kind kind, int offset)
{
	struct node *node = &rewriter->node;
	const struct node_schema *schema = &node_schemas[kind];
	struct dt_walk walk;

	node->kind = kind;
	for (int i = 0; i < schema->count; i++)
		node->value[i] = (struct node_value){ NULL, 0 };
	if (dt_walk_node(&walk, rewriter->fdt, offset))
		return;
	while (dt_walk_next(&walk) == DT_PROP) {
		int at = property_find(kind, walk.name, 0);

		if (at >= 0 && (schema->property[at].flags & CROSSES) && !node->value[at].data &&
		    value_fits(&schema->property[at], walk.value, walk.size))
			node->value[at] = (struct node_value){ walk.value, walk.size };
	}
	set_constants(node);
}

/* Pass the node on; @name is for the one who has to read what it lacks. */
static int begin_node(struct rewriter *rewriter, const char *name)
{
	struct node *node = &rewriter->node;
	int missing = node_missing(node);

	if (missing >= 0)
		return lacks(rewriter, name, node_schemas[node->kind].property[missing].name);
	return rewriter->sink->begin(rewriter->sink, node);
}

static int end_node(struct rewriter *rewriter)
{
	return rewriter->sink->end(rewriter->sink);
}

static int give_leaf(struct rewriter *rewriter, enum node_kind kind, int offset)
{
	int rc;

	read_values(rewriter, kind, offset);
	rc = begin_node(rewriter, fdt_get_name(rewriter->fdt, offset, NULL));
	return rc ? rc : end_node(rewriter);
}

static int add_entry(struct rewriter *rewriter, struct rewrite_entry entry)
{
	if (rewriter->used == rewriter->room)
		return -FDT_ERR_NOSPACE;
	rewriter->entry[rewriter->used++] = entry;
	return 0;
}

/* By insertion: platforms list nearly everything in order. */
static void sort_entries(struct rewrite_entry *entry, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct rewrite_entry moved = entry[i];
		size_t at = i;

		for (; at > 0 && entry[at - 1].unit > moved.unit; at--)
			entry[at] = entry[at - 1];
		entry[at] = moved;
	}
}

static bool has_type(const void *fdt, int node, const char *type)
{
	const char *text = dt_string(fdt, node, "device_type");

	return text && strcmp(text, type) == 0;
}

/* Whether a child of the kind's parent is one of that kind, and if so its unit address. */
static bool find_unit(const void *fdt, int node, enum node_kind kind, uint64_t *unit)
{
	int size = 0;
	const uint8_t *reg = dt_get(fdt, node, "reg", &size);
	uint32_t cell;

	if (!reg || size < 4)
		return false;
	cell = be32_load(reg);
	*unit = cell;
	switch (kind) {
	case NODE_CPU:
		return has_type(fdt, node, "cpu");
	case NODE_VTY:
		return has_type(fdt, node, "serial");
	case NODE_PCI:
		*unit = OF_PCI_FUNCTION(cell) >> 8;
		return dt_get(fdt, node, "vendor-id", NULL) != NULL;
	default:	/* NODE_PHB */
		*unit = size < 8 ? 0 : be64_load(reg);
		return size >= 8 && has_type(fdt, node, "pci");
	}
}

static int find_children(struct rewriter *rewriter, enum node_kind kind, int parent)
{
	const void *fdt = rewriter->fdt;
	size_t first = rewriter->used;
	struct dt_children nodes;
	uint64_t unit;
	int node, rc = 0;

	for (node = dt_first_child(&nodes, fdt, parent); node >= 0; node = dt_next_child(&nodes))
		if (rc == 0 && find_unit(fdt, node, kind, &unit))
			rc = add_entry(rewriter,
				       (struct rewrite_entry){ .unit = unit, .node = node });
	sort_entries(rewriter->entry + first, rewriter->used - first);
	return rc;
}

/* Two children of one unit address: the first counts. */
static bool is_repeated(const struct rewrite_entry *entry, size_t first, size_t i)
{
	return i > first && entry[i].unit == entry[i - 1].unit;
}

static int give_leaves(struct rewriter *rewriter, enum node_kind kind, int parent)
{
	size_t first = rewriter->used;
	int rc = find_children(rewriter, kind, parent);

	for (size_t i = first; rc == 0 && i < rewriter->used; i++)
		if (!is_repeated(rewriter->entry, first, i))
			rc = give_leaf(rewriter, kind, rewriter->entry[i].node);
	rewriter->used = first;
	return rc;
}

static int give_cpus(struct rewriter *rewriter)
{
	int node = dt_find(rewriter->fdt, "/cpus"), rc;

	if (node < 0)
		return lacks(rewriter, "cpus", NULL);
	read_values(rewriter, NODE_CPUS, node);
	rc = begin_node(rewriter, "cpus");
	if (rc == 0)
		rc = give_leaves(rewriter, NODE_CPU, node);
	return rc ? rc : end_node(rewriter);
}

/* "reg" of a memory node is one range, as QEMU has it: hw/ppc/spapr.c spapr_dt_memory_node() */
static int find_memory_nodes(struct rewriter *rewriter)
{
	const void *fdt = rewriter->fdt;
	struct dt_children nodes;
	uint64_t base, size;
	int node, rc = 0;

	for (node = dt_first_child(&nodes, fdt, 0); node >= 0; node = dt_next_child(&nodes)) {
		if (rc || !has_type(fdt, node, "memory"))
			continue;
		if (dt_u64_pair(fdt, node, "reg", &base, &size))
			return lacks(rewriter, nodes.walk.name, "reg");
		if (size)
			rc = add_entry(rewriter, (struct rewrite_entry){
				.unit = base, .size = size, .node = node,
			});
	}
	return rc;
}

/* Blocks that follow each other, and are as near to the same CPUs, become one node. */
static int find_dynamic_memory(struct rewriter *rewriter)
{
	struct dt_blocks blocks;
	struct dt_block block;
	struct rewrite_entry *last = NULL;
	int rc = dt_blocks_start(&blocks, rewriter->fdt, dt_find(rewriter->fdt, DYNAMIC_MEMORY));

	while (rc == 0 && (rc = dt_blocks_next(&blocks, &block)) > 0) {
		rc = 0;
		if (!block.in_use || range_size(block.range) == 0)
			continue;
		if (last && last->unit + last->size == block.range.start &&
		    last->associativity == block.associativity) {
			last->size += range_size(block.range);
			continue;
		}
		rc = add_entry(rewriter, (struct rewrite_entry){ block.range.start,
								 range_size(block.range), -1,
								 block.associativity });
		last = &rewriter->entry[rewriter->used - 1];
	}
	if (rc == -FDT_ERR_NOTFOUND)
		return 0;
	return rc == -FDT_ERR_BADVALUE ? lacks(rewriter, DYNAMIC_MEMORY + 1, NULL) : rc;
}

#define DOMAINS_MAX 7
#define ASSOCIATIVITY_SIZE (4 * (1 + DOMAINS_MAX))

/*
 * "ibm,associativity" of a block: a count and that many domains, out of the arrays, which begin
 * with how many there are and how long each is (LoPAR C.6.6.2). Empty where there is none.
 */
static struct node_value block_associativity(const struct rewriter *rewriter, uint32_t index,
					     uint8_t value[ASSOCIATIVITY_SIZE])
{
	int size = 0;
	const uint8_t *arrays = dt_get(rewriter->fdt, dt_find(rewriter->fdt, DYNAMIC_MEMORY),
				       "ibm,associativity-lookup-arrays", &size);
	uint32_t count = arrays && size >= 8 ? be32_load(arrays) : 0, domains;

	if (index >= count)
		return (struct node_value){ NULL, 0 };
	domains = be32_load(arrays + 4);
	if (domains == 0 || domains > DOMAINS_MAX ||
	    ((uint64_t)index + 1) * domains > ((uint32_t)size - 8) / 4)
		return (struct node_value){ NULL, 0 };
	be32_store(value, domains);
	memcpy(value + 4, arrays + 8 + 4 * (size_t)(index * domains), 4 * (size_t)domains);
	return (struct node_value){ value, 4 + 4 * domains };
}

static int give_memory_node(struct rewriter *rewriter, const struct rewrite_entry *entry)
{
	struct node *node = &rewriter->node;
	uint8_t reg[DT_RANGE_SIZE], associativity[ASSOCIATIVITY_SIZE];
	int rc;

	dt_store_range(reg, (struct range){ entry->unit, entry->unit + entry->size });
	if (entry->node >= 0) {
		read_values(rewriter, NODE_MEMORY, entry->node);
	} else {
		node->kind = NODE_MEMORY;
		set_constants(node);
		node->value[MEMORY_ASSOCIATIVITY] =
			block_associativity(rewriter, entry->associativity, associativity);
	}
	node->value[MEMORY_REG] = (struct node_value){ reg, sizeof(reg) };
	rc = begin_node(rewriter, "memory");
	return rc ? rc : end_node(rewriter);
}

static int give_memory(struct rewriter *rewriter)
{
	int rc = find_memory_nodes(rewriter);

	if (rc == 0)
		rc = find_dynamic_memory(rewriter);
	sort_entries(rewriter->entry, rewriter->used);
	for (size_t i = 0; rc == 0 && i < rewriter->used; i++)
		rc = give_memory_node(rewriter, &rewriter->entry[i]);
	rewriter->used = 0;
	return rc;
}

static int give_rtas(struct rewriter *rewriter)
{
	int node = dt_find(rewriter->fdt, "/rtas");

	return node < 0 ? lacks(rewriter, "rtas", NULL) : give_leaf(rewriter, NODE_RTAS, node);
}

static bool is_compatible(const void *fdt, int node, const char *name)
{
	return fdt_node_check_compatible(fdt, node, name) == 0;
}

static int give_interrupt_controller(struct rewriter *rewriter)
{
	const void *fdt = rewriter->fdt;
	struct dt_children nodes;
	int node;

	for (node = dt_first_child(&nodes, fdt, 0); node >= 0; node = dt_next_child(&nodes)) {
		bool xive = is_compatible(fdt, node, "ibm,power-ivpe");

		if (!xive && !is_compatible(fdt, node, "IBM,ppc-xicp"))
			continue;
		rewriter->interrupts = fdt_get_phandle(fdt, node);
		return give_leaf(rewriter, xive ? NODE_XIVE : NODE_XICS, node);
	}
	return 0;
}

static int give_event_sources(struct rewriter *rewriter)
{
	int node = dt_find(rewriter->fdt, "/event-sources"), rc, epow;

	if (node < 0)
		return 0;
	read_values(rewriter, NODE_EVENT_SOURCES, node);
	rc = begin_node(rewriter, "event-sources");
	epow = fdt_subnode_offset(rewriter->fdt, node, "epow-events");
	if (rc == 0 && epow >= 0)
		rc = give_leaf(rewriter, NODE_EPOW_EVENTS, epow);
	return rc ? rc : end_node(rewriter);
}

static int give_nvram(struct rewriter *rewriter, int parent)
{
	const void *fdt = rewriter->fdt;
	struct dt_children nodes;
	int node;

	for (node = dt_first_child(&nodes, fdt, parent); node >= 0; node = dt_next_child(&nodes))
		if (is_compatible(fdt, node, "qemu,spapr-nvram"))
			return give_leaf(rewriter, NODE_NVRAM, node);
	return 0;
}

static int give_vdevice(struct rewriter *rewriter)
{
	int node = dt_find(rewriter->fdt, "/vdevice"), rc;

	if (node < 0)
		return 0;
	read_values(rewriter, NODE_VDEVICE, node);
	rc = begin_node(rewriter, "vdevice");
	if (rc == 0)
		rc = give_leaves(rewriter, NODE_VTY, node);
	if (rc == 0)
		rc = give_nvram(rewriter, node);
	return rc ? rc : end_node(rewriter);
}

static int give_hypervisor(struct rewriter *rewriter)
{
	int node = dt_find(rewriter->fdt, "/hypervisor");

	if (node < 0 || !is_compatible(rewriter->fdt, node, "linux,kvm"))
		return 0;
	return give_leaf(rewriter, NODE_HYPERVISOR, node);
}

/* Buses and windows are those of bridges (boot/normal/pci.c has seen to that). */
static void clean_device(struct node *node)
{
	static const uint8_t bridge_only[] = { PCI_DEVICE_TYPE, PCI_ADDRESS_CELLS, PCI_SIZE_CELLS,
					       PCI_BUSES, PCI_WINDOWS };
	bool bridge = node->value[PCI_CLASS].data &&
		      node_cell(node, PCI_CLASS, 0) >> 8 == PCI_CLASS_BRIDGE_PCI &&
		      node->value[PCI_BUSES].data && node->value[PCI_WINDOWS].data;

	for (size_t i = 0; i < sizeof(bridge_only); i++) {
		struct node_value *value = &node->value[bridge_only[i]];

		if (!bridge)
			value->data = NULL;
		else if (bridge_only[i] < PCI_BUSES && !value->data)
			value->data = node;	/* a constant */
	}
}

static int give_bus(struct rewriter *rewriter, int parent);

static int give_pci(struct rewriter *rewriter, int offset)
{
	bool bridge;
	int rc;

	read_values(rewriter, NODE_PCI, offset);
	clean_device(&rewriter->node);
	bridge = node_is_bridge(&rewriter->node);
	rc = begin_node(rewriter, fdt_get_name(rewriter->fdt, offset, NULL));
	if (rc == 0 && bridge)
		rc = give_bus(rewriter, offset);
	return rc ? rc : end_node(rewriter);
}

static int give_bus(struct rewriter *rewriter, int parent)
{
	size_t first = rewriter->used;
	int rc = find_children(rewriter, NODE_PCI, parent);

	for (size_t i = first; rc == 0 && i < rewriter->used; i++)
		if (!is_repeated(rewriter->entry, first, i))
			rc = give_pci(rewriter, rewriter->entry[i].node);
	rewriter->used = first;
	return rc;
}

#define MAP_ENTRY   28	/* device (3 cells), pin, phandle, interrupt (2 cells) */
#define MAP_PHANDLE 16

/* Interrupts that go anywhere but to the interrupt controller are none that Linux could take. */
static void point_map(struct rewriter *rewriter)
{
	struct node_value *map = &rewriter->node.value[PHB_INTERRUPT_MAP];

	for (uint32_t at = 0; map->data && at < map->size; at += MAP_ENTRY) {
		uint8_t *phandle = (uint8_t *)map->data + at + MAP_PHANDLE;

		if (be32_load(phandle) != rewriter->interrupts)
			map->data = NULL;
		else
			be32_store(phandle, PHANDLE_INTERRUPTS);
	}
}

static int give_phb(struct rewriter *rewriter, int offset)
{
	int rc;

	read_values(rewriter, NODE_PHB, offset);
	point_map(rewriter);
	rc = begin_node(rewriter, fdt_get_name(rewriter->fdt, offset, NULL));
	if (rc == 0)
		rc = give_bus(rewriter, offset);
	return rc ? rc : end_node(rewriter);
}

static int give_phbs(struct rewriter *rewriter)
{
	int rc = find_children(rewriter, NODE_PHB, 0);
	size_t count = rewriter->used;

	for (size_t i = 0; rc == 0 && i < count; i++)
		if (!is_repeated(rewriter->entry, 0, i))
			rc = give_phb(rewriter, rewriter->entry[i].node);
	rewriter->used = 0;
	return rc;
}

/* A console that is no terminal of the hypervisor's is none that a secure guest has. */
static void clean_stdout(const struct rewriter *rewriter, struct node_value *path)
{
	uint64_t unit;
	int node = path->data ? fdt_path_offset(rewriter->fdt, path->data) : -1;

	if (node < 0 || strncmp(path->data, "/vdevice/vty@", 13) != 0 ||
	    !find_unit(rewriter->fdt, node, NODE_VTY, &unit))
		path->data = NULL;
}

static int give_chosen(struct rewriter *rewriter)
{
	int offset = dt_find(rewriter->fdt, "/chosen"), rc;
	struct node *node = &rewriter->node;

	if (offset < 0)
		return lacks(rewriter, "chosen", NULL);
	read_values(rewriter, NODE_CHOSEN, offset);
	clean_stdout(rewriter, &node->value[CHOSEN_STDOUT]);
	clean_stdout(rewriter, &node->value[CHOSEN_LINUX_STDOUT]);
	rc = begin_node(rewriter, "chosen");
	return rc ? rc : end_node(rewriter);
}

int rewrite_tree(void *fdt, struct node_sink *sink, struct rewrite_entry *entries, size_t count,
		 struct tree_fault *fault)
{
	struct rewriter rewriter = {
		.fdt = fdt, .sink = sink, .entry = entries, .room = count, .fault = fault,
	};
	int rc;

	read_values(&rewriter, NODE_ROOT, 0);
	if ((rc = begin_node(&rewriter, "/")) || (rc = give_cpus(&rewriter)) ||
	    (rc = give_memory(&rewriter)) || (rc = give_rtas(&rewriter)) ||
	    (rc = give_interrupt_controller(&rewriter)) || (rc = give_event_sources(&rewriter)) ||
	    (rc = give_vdevice(&rewriter)) || (rc = give_hypervisor(&rewriter)) ||
	    (rc = give_phbs(&rewriter)) || (rc = give_chosen(&rewriter)))
		return rc;
	return end_node(&rewriter);
}
