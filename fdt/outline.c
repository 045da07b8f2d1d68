// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/outline.h"

#include <libfdt.h>

#include "fdt/memory.h"
#include "fdt/walk.h"
#include "lib/endian.h"
#include "lib/string.h"

/* Base class and subclass of a PCI-PCI bridge in "class-code" (PCI Code and ID Assignment 1.7) */
#define CLASS_PCI_BRIDGE 0x0604

struct reader {
	struct dt_outline *out;
	struct dt_walk walk;
	enum dt_scope scope;
	struct dt_cells cells;		/* of the root */
	uint32_t pci_address;		/* of the PCI node at hand, from its "reg" */
	uint64_t lmb_size;
	struct {			/* "ibm,dynamic-memory*": judged when its node ends */
		const uint8_t *value;
		uint32_t size;
		bool v2;
	} blocks;
};

static bool has_name(const struct reader *reader, const char *name)
{
	return dt_walk_named(&reader->walk, name);
}

static int read_top_node(struct reader *reader)
{
	struct dt_outline *out = reader->out;

	reader->out->kind = DT_OTHER;
	if (strncmp(reader->walk.name, "memory@", 7) == 0) {
		reader->out->kind = DT_MEMORY;
	} else if (has_name(reader, "ibm,dynamic-reconfiguration-memory")) {
		reader->out->kind = DT_DYNAMIC_MEMORY;
	} else if (reader->scope == DT_FULL && has_name(reader, "cpus")) {
		reader->out->kind = DT_CPUS;
	} else if (strncmp(reader->walk.name, "pci@", 4) == 0) {
		if (out->phbs == DT_PHBS_MAX)
			return -FDT_ERR_NOSPACE;
		reader->out->kind = DT_PHB;
		out->phb[out->phbs++] = (struct dt_phb){ .node = reader->walk.node };
	} else if (reader->scope == DT_FULL && has_name(reader, "vdevice")) {
		reader->out->kind = DT_VDEVICE;
	} else if (has_name(reader, "chosen")) {
		out->chosen = reader->walk.node;
	} else if (has_name(reader, "rtas")) {
		out->rtas = reader->walk.node;
	}
	return 0;
}

static int read_node(struct reader *reader)
{
	reader->pci_address = 0;
	if (reader->walk.depth == 1)
		return read_top_node(reader);
	if (reader->walk.depth == 2 && reader->out->kind == DT_VDEVICE &&
	    strncmp(reader->walk.name, "nvram@", 6) == 0)
		reader->out->nvram = reader->walk.node;
	return 0;
}

static int read_cell(const struct reader *reader, uint32_t *value)
{
	if (reader->walk.size != sizeof(uint32_t))
		return -FDT_ERR_BADVALUE;
	*value = be32_load(reader->walk.value);
	return 0;
}

static int read_root_prop(struct reader *reader)
{
	bool address = has_name(reader, "#address-cells");
	uint32_t cells;

	if (!address && !has_name(reader, "#size-cells"))
		return 0;
	if (read_cell(reader, &cells) || cells > 2)
		return -FDT_ERR_BADNCELLS;
	*(address ? &reader->cells.address : &reader->cells.size) = cells;
	return 0;
}

static int read_dynamic_memory_prop(struct reader *reader)
{
	const struct dt_walk *walk = &reader->walk;
	bool v2 = has_name(reader, "ibm,dynamic-memory-v2");

	if (has_name(reader, "ibm,lmb-size")) {
		if (walk->size != sizeof(uint64_t))
			return -FDT_ERR_BADVALUE;
		reader->lmb_size = be64_load(walk->value);
	} else if (v2 || (has_name(reader, "ibm,dynamic-memory") && !reader->blocks.v2)) {
		reader->blocks.value = walk->value;
		reader->blocks.size = walk->size;
		reader->blocks.v2 = v2;
	} else if (has_name(reader, "linux,drconf-usable-memory")) {
		reader->out->crash = true;
	}
	return 0;
}

static int read_cpu_prop(struct reader *reader)
{
	struct dt_outline *out = reader->out;

	if (has_name(reader, "device_type") && reader->walk.size == sizeof("cpu") &&
	    memcmp(reader->walk.value, "cpu", sizeof("cpu")) == 0)
		out->cpus++;
	else if (out->timebase_hz == 0 && has_name(reader, "timebase-frequency"))
		return read_cell(reader, &out->timebase_hz);
	return 0;
}

static int read_phb_prop(struct reader *reader)
{
	if (!has_name(reader, "reg"))
		return 0;
	if (reader->walk.size < sizeof(uint64_t))
		return -FDT_ERR_BADVALUE;
	reader->out->phb[reader->out->phbs - 1].buid = be64_load(reader->walk.value);
	return 0;
}

/* virtio-console and virtio-rng, transitional and modern (virtio 1.2, 4.1.2.1 and 5) */
static bool is_helper(uint32_t device_id)
{
	return device_id == 0x1003 || device_id == 0x1043 || device_id == 0x1005 ||
	       device_id == 0x1044;
}

/* "reg" comes before "class-code" or after it: a bridge is complete with both. */
static int read_pci_prop(struct reader *reader)
{
	struct dt_outline *out = reader->out;
	struct dt_bridge *last = out->bridges ? &out->bridge[out->bridges - 1] : NULL;
	uint32_t class_code;

	if (has_name(reader, "reg")) {
		if (reader->walk.size < sizeof(uint32_t))
			return -FDT_ERR_BADVALUE;
		reader->pci_address = be32_load(reader->walk.value) & 0xffff00;
		if (last && last->node == reader->walk.node)
			last->address = reader->pci_address;
	} else if (has_name(reader, "device-id")) {
		out->helpers += reader->walk.size == sizeof(uint32_t) &&
				is_helper(be32_load(reader->walk.value));
	} else if (has_name(reader, "class-code")) {
		if (read_cell(reader, &class_code))
			return -FDT_ERR_BADVALUE;
		out->pci_devices++;
		if (class_code >> 8 != CLASS_PCI_BRIDGE)
			return 0;
		if (out->bridges == DT_BRIDGES_MAX)
			return -FDT_ERR_NOSPACE;
		out->bridge[out->bridges++] = (struct dt_bridge){
			reader->walk.node, reader->pci_address, out->phbs - 1,
		};
	}
	return 0;
}

static int read_memory_prop(struct reader *reader)
{
	struct dt_outline *out = reader->out;

	if (has_name(reader, "linux,usable-memory"))
		out->crash = true;
	if (!has_name(reader, "reg"))
		return 0;
	return dt_add_memory(&out->memory, reader->cells, reader->walk.value, reader->walk.size);
}

static int read_vdevice_prop(struct reader *reader)
{
	static const char tpm[] = "IBM,vtpm20";

	if (has_name(reader, "compatible") && reader->walk.size >= sizeof(tpm) &&
	    memcmp(reader->walk.value, tpm, sizeof(tpm)) == 0)
		reader->out->tpm = true;
	return 0;
}

static int read_prop(struct reader *reader)
{
	int depth = reader->walk.depth;

	if (depth == 0)
		return read_root_prop(reader);
	switch (reader->out->kind) {
	case DT_MEMORY:
		return depth == 1 ? read_memory_prop(reader) : 0;
	case DT_DYNAMIC_MEMORY:
		return depth == 1 ? read_dynamic_memory_prop(reader) : 0;
	case DT_CPUS:
		return depth == 2 ? read_cpu_prop(reader) : 0;
	case DT_VDEVICE:
		return depth == 2 ? read_vdevice_prop(reader) : 0;
	case DT_PHB:
		if (depth == 1)
			return read_phb_prop(reader);
		return reader->scope == DT_FULL ? read_pci_prop(reader) : 0;
	default:
		return 0;
	}
}

static int finish_node(struct reader *reader)
{
	if (reader->walk.depth != 0 || reader->out->kind != DT_DYNAMIC_MEMORY ||
	    !reader->blocks.value)
		return 0;
	reader->out->kind = DT_OTHER;
	return dt_add_dynamic_memory(&reader->out->memory, reader->lmb_size, reader->blocks.v2,
				     reader->blocks.value, reader->blocks.size);
}

/* What read_prop() looks for: most properties tell nothing. */
static uint64_t wanted(const struct reader *reader)
{
	int depth = reader->walk.depth;

	if (depth <= 0)
		return dt_walk_bit("#address-cells") | dt_walk_bit("#size-cells");
	switch (reader->out->kind) {
	case DT_MEMORY:
		return dt_walk_bit("reg") | dt_walk_bit("linux,usable-memory");
	case DT_DYNAMIC_MEMORY:
		return dt_walk_bit("ibm,lmb-size") | dt_walk_bit("ibm,dynamic-memory") |
		       dt_walk_bit("linux,drconf-usable-memory");
	case DT_CPUS:
		return dt_walk_bit("device_type") | dt_walk_bit("timebase-frequency");
	case DT_VDEVICE:
		return dt_walk_bit("compatible");
	case DT_PHB:
		if (depth == 1)
			return dt_walk_bit("reg");
		return reader->scope == DT_BRIEF ? 0 :
		       dt_walk_bit("reg") | dt_walk_bit("device-id") | dt_walk_bit("class-code");
	default:
		return 0;
	}
}

int dt_outline(struct dt_outline *outline, const void *fdt, uint64_t max, enum dt_scope scope)
{
	struct reader reader = {
		.out = outline, .scope = scope, .cells = { 2, 1 },	/* DTSpec 2.3.5 */
	};
	int event, frc = dt_walk_start(&reader.walk, fdt, max);

	*outline = (struct dt_outline){ .chosen = -FDT_ERR_NOTFOUND, .rtas = -FDT_ERR_NOTFOUND,
					.nvram = -FDT_ERR_NOTFOUND };
	while (frc == 0) {
		event = dt_walk_next_of(&reader.walk, wanted(&reader));
		if (event <= DT_DONE)
			return event;
		if (event == DT_PROP)
			frc = read_prop(&reader);
		else if (event == DT_NODE_END)
			frc = finish_node(&reader);
		else
			frc = read_node(&reader);
	}
	return frc;
}
