// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/flatten.h"

#include <libfdt.h>

#include "fdt/libfdt_sw.h"

/* What has one value is written from the schema, whatever the node says. */
static int write_value(void *fdt, const struct property_schema *property,
		       const struct node_value *value)
{
	if (property->form == FORM_IS)
		return fdt_property_string(fdt, property->name, property->text);
	if (property->form == FORM_CELL && property->min == property->max)
		return fdt_property_u32(fdt, property->name, property->min);
	return fdt_property(fdt, property->name, value->data, (int)value->size);
}

/*
 * The name of each property of each kind is put into the strings block once; how far before its end
 * is in flatten->name.
 */
static int write_property(struct flatten *flatten, enum node_kind kind, int i,
			  const struct node_value *value)
{
	uint16_t *name = &flatten->name[kind][i];
	const char *end = (const char *)flatten->fdt + fdt_totalsize(flatten->fdt);
	int frc;

	fdt_sw_known_name = *name ? end - *name : NULL;
	frc = write_value(flatten->fdt, &node_schemas[kind].property[i], value);
	if (frc == 0 && !*name)
		*name = (uint16_t)fdt_size_dt_strings(flatten->fdt);
	return frc;
}

static int begin_node(struct node_sink *sink, struct node *node)
{
	struct flatten *flatten = (struct flatten *)sink;
	const struct node_schema *schema = &node_schemas[node->kind];
	char name[NODE_NAME_SIZE];
	int frc;

	node_name(node, name);
	frc = fdt_begin_node(flatten->fdt, name);
	for (int i = 0; frc == 0 && i < schema->count; i++)
		if (node->value[i].data && (schema->property[i].flags & flatten->reader))
			frc = write_property(flatten, node->kind, i, &node->value[i]);
	return frc;
}

static int end_node(struct node_sink *sink)
{
	return fdt_end_node(((const struct flatten *)sink)->fdt);
}

int flatten_start(struct flatten *flatten, void *buffer, size_t size, uint8_t reader,
		  const struct ranges *reserved)
{
	int frc = fdt_create(buffer, (int)size);

	*flatten = (struct flatten){ { begin_node, end_node }, buffer, reader, { { 0 } } };
	for (size_t i = 0; frc == 0 && i < reserved->count; i++)
		frc = fdt_add_reservemap_entry(buffer, reserved->item[i].start,
					       range_size(reserved->item[i]));
	return frc ? frc : fdt_finish_reservemap(buffer);
}

int flatten_leaf(struct flatten *flatten, struct node *node)
{
	int frc = begin_node(&flatten->sink, node);

	return frc ? frc : end_node(&flatten->sink);
}

int flatten_finish(struct flatten *flatten, uint32_t boot_cpu)
{
	int frc = fdt_finish(flatten->fdt);

	if (frc == 0)
		fdt_set_boot_cpuid_phys(flatten->fdt, boot_cpu);
	return frc;
}
