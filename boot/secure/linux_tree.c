// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/linux_tree.h"

#include <libfdt.h>

#include "boot/handover.h"
#include "boot/secure/devices.h"
#include "boot/secure/record.h"
#include "boot/secure/seed.h"
#include "fdt/canonical.h"
#include "fdt/flatten.h"
#include "fdt/memory.h"
#include "lib/log.h"
#include "lib/string.h"

struct writer {
	struct node_sink sink;
	const struct guest *guest;
	struct flatten flatten;
	int depth;
	int refused;	/* depth of a device that Linux does not get, nor what is behind it */
};

static void set_value(struct node *node, int value, const void *data, size_t size)
{
	node->value[value] = (struct node_value){ data, (uint32_t)size };
}

static void drop_value(struct node *node, int value)
{
	node->value[value] = (struct node_value){ NULL, 0 };
}

#define RESERVED_MAX (2 + RANGES_MAX)	/* pool, RTAS, and what others reserve */

/* What kexec must not stage an image in: frames that somebody else may write. Returns bytes. */
static size_t list_reserved(const struct guest *guest, uint8_t ranges[DT_RANGE_SIZE * RESERVED_MAX])
{
	size_t size = 2 * DT_RANGE_SIZE;

	dt_store_range(ranges, guest->pool);
	dt_store_range(ranges + DT_RANGE_SIZE, guest->rtas);
	for (size_t i = 0; i < guest->reserved.count; i++) {
		if (range_contains(guest->rtas, guest->reserved.item[i]))
			continue;
		dt_store_range(ranges + size, guest->reserved.item[i]);
		size += DT_RANGE_SIZE;
	}
	return size;
}

static int write_root(struct writer *writer, struct node *node)
{
	uint8_t ranges[DT_RANGE_SIZE * RESERVED_MAX];

	set_value(node, ROOT_ACCESS_PLATFORM, "", 0);
	set_value(node, ROOT_RESERVED_RANGES, ranges, list_reserved(writer->guest, ranges));
	return writer->flatten.sink.begin(&writer->flatten.sink, node);
}

static int write_phb(struct writer *writer, struct node *node)
{
	set_value(node, PHB_POOL, "", 0);	/* the value is the schema's */
	return writer->flatten.sink.begin(&writer->flatten.sink, node);
}

/*
 * What Linux knows (arch/powerpc/platforms/pseries/firmware.c) of what QEMU says that it has
 * (hw/ppc/spapr.c spapr_dt_rtas()). Others have a hypervisor store keys or memory for Linux.
 */
static bool is_allowed_function(const char *name)
{
	static const char allowed[][16] = {
		"bulk", "copy", "dabr", "debug", "hpt-resize", "interrupt", "join", "multi-tce",
		"pft", "rpt-invalidate", "set-mode", "splpar", "sprg0", "tce", "term", "vio",
		"vphn", "watchdog",
	};

	if (strncmp(name, "hcall-", 6) != 0)
		return false;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (strcmp(name + 6, allowed[i]) == 0)
			return true;
	return false;
}

static void filter_functions(struct node_value *value, char *out)
{
	const char *at = value->data;
	uint32_t left = value->size, used = 0;

	while (left) {
		uint32_t size = (uint32_t)strlen(at) + 1;

		if (is_allowed_function(at)) {
			memcpy(out + used, at, size);
			used += size;
		}
		at += size;
		left -= size;
	}
	*value = (struct node_value){ used ? out : NULL, used };
}

static int write_rtas(struct writer *writer, struct node *node)
{
	char functions[1024];		/* the schema's maximum */

	if (node->value[RTAS_FUNCTIONS].data)
		filter_functions(&node->value[RTAS_FUNCTIONS], functions);
	return writer->flatten.sink.begin(&writer->flatten.sink, node);
}

static int write_chosen(struct writer *writer, struct node *node)
{
	const struct guest *guest = writer->guest;
	uint8_t seed[SEED_SIZE];
	struct node_value times = node->value[CHOSEN_TIMES];
	int frc;

	if (seed_make(seed))
		set_value(node, CHOSEN_SEED, seed, sizeof(seed));
	if (range_size(guest->initrd) == 0 && guest->verified) {
		drop_value(node, CHOSEN_INITRD_START);
		drop_value(node, CHOSEN_INITRD_END);
	}
	if (guest->options.params.iommu_off)
		set_value(node, CHOSEN_IOMMU_OFF, "", 0);
	frc = writer->flatten.sink.begin(&writer->flatten.sink, node);
	secure_zero(seed, sizeof(seed));	/* it has been written: no other copy */
	return frc ? frc : record_write(guest, &times, &writer->flatten);
}

static int write_pool(struct writer *writer)
{
	struct node node = { .kind = NODE_RESERVED_MEMORY };
	struct node_sink *sink = &writer->flatten.sink;
	uint8_t reg[DT_RANGE_SIZE];
	int frc;

	for (int i = 0; i < RESERVED_MEMORY_COUNT; i++)
		set_value(&node, i, "", 0);
	frc = sink->begin(sink, &node);
	node.kind = NODE_POOL;
	dt_store_range(reg, writer->guest->pool);
	set_value(&node, POOL_COMPATIBLE, "", 0);
	set_value(&node, POOL_PHANDLE, "", 0);
	set_value(&node, POOL_REG, reg, sizeof(reg));
	if (frc == 0)
		frc = flatten_leaf(&writer->flatten, &node);
	return frc ? frc : sink->end(sink);
}

static bool is_refused(const struct guest *guest, const struct node *node)
{
	char name[NODE_NAME_SIZE];

	if (node->kind != NODE_PCI || device_is_allowed(&guest->options, node))
		return false;
	node_name(node, name);
	log_notice("tree=refused node=%pV vendor=0x%04x device=0x%04x", name,
		   node_cell(node, PCI_VENDOR, 0), node_cell(node, PCI_DEVICE, 0));
	return true;
}

static int begin_node(struct node_sink *sink, struct node *node)
{
	struct writer *writer = (struct writer *)sink;

	writer->depth++;
	if (writer->refused)
		return 0;
	if (is_refused(writer->guest, node)) {
		writer->refused = writer->depth;
		return 0;
	}
	switch (node->kind) {
	case NODE_ROOT:
		return write_root(writer, node);
	case NODE_RTAS:
		return write_rtas(writer, node);
	case NODE_PHB:
		return write_phb(writer, node);
	case NODE_CHOSEN:
		return write_chosen(writer, node);
	default:
		return writer->flatten.sink.begin(&writer->flatten.sink, node);
	}
}

static int end_node(struct node_sink *sink)
{
	struct writer *writer = (struct writer *)sink;
	bool refused = writer->refused != 0;
	int frc = 0;

	if (writer->refused == writer->depth)
		writer->refused = 0;
	if (--writer->depth == 0)
		frc = write_pool(writer);
	return refused || frc ? frc : writer->flatten.sink.end(&writer->flatten.sink);
}

int linux_tree_write(const struct guest *guest, void *to, size_t size)
{
	struct writer writer = { .sink = { begin_node, end_node }, .guest = guest };
	struct tree_fault fault;
	int frc = flatten_start(&writer.flatten, to, size, LINUX, &guest->reserved);

	if (frc == 0)
		frc = canonical_read(guest->tree, TREE_SPACE, &writer.sink, &fault);
	return frc ? frc : flatten_finish(&writer.flatten, fdt_boot_cpuid_phys(guest->tree));
}
