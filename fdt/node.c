// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/node.h"

#include "abi/pci.h"
#include "lib/endian.h"
#include "lib/format.h"
#include "lib/string.h"

static bool is_printable(const uint8_t *text, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

/* One string or several, none empty but the only one. */
static bool are_strings(const uint8_t *text, uint32_t size, bool several)
{
	for (const uint8_t *end; size; size -= (uint32_t)(end + 1 - text), text = end + 1) {
		end = memchr(text, '\0', size);
		if (!end || !is_printable(text, (uint32_t)(end - text)))
			return false;
		if (!several && end + 1 != text + size)
			return false;
	}
	return true;
}

bool value_fits(const struct property_schema *property, const void *data, uint32_t size)
{
	const uint8_t *bytes = data;

	switch (property->form) {
	case FORM_CELL:
		return size == sizeof(uint32_t) && be32_load(bytes) >= property->min &&
		       be32_load(bytes) <= property->max;
	case FORM_IS:
		return size == strlen(property->text) + 1 &&
		       memcmp(bytes, property->text, size) == 0;
	default:
		if (size < property->min || size > property->max || size % property->step)
			return false;
	}
	if (property->form == FORM_COUNTED)
		return be32_load(bytes) == size / 4 - 1;
	if (property->form == FORM_TEXT)
		return memchr(bytes, '\0', size) == bytes + size - 1;
	return property->form == FORM_BYTES ||
	       are_strings(bytes, size, property->form == FORM_STRINGS);
}

bool value_is_constant(const struct property_schema *property)
{
	return property->form == FORM_IS ||
	       (property->form == FORM_CELL && property->min == property->max) ||
	       (property->form == FORM_BYTES && property->max == 0);
}

int property_find(enum node_kind kind, const char *name, int from)
{
	const struct node_schema *schema = &node_schemas[kind];

	for (int i = from; i < schema->count; i++) {
		const char *known = schema->property[i].name;

		if (*known == *name && strcmp(known, name) == 0)
			return i;
	}
	return -1;
}

bool node_is_child(enum node_kind kind, enum node_kind parent, const char *name)
{
	const struct node_schema *schema = &node_schemas[kind];
	const char *at = strchr(name, '@');
	size_t size = at ? (size_t)(at - name) : strlen(name);

	return kind != NODE_ROOT && schema->parent == parent && (schema->flags & CROSSES) &&
	       strlen(schema->name) == size && memcmp(schema->name, name, size) == 0;
}

int node_missing(const struct node *node)
{
	const struct node_schema *schema = &node_schemas[node->kind];

	for (int i = 0; i < schema->count; i++)
		if ((schema->property[i].flags & REQUIRED) && !node->value[i].data)
			return i;
	return -1;
}

uint32_t node_cell(const struct node *node, int value, uint32_t index)
{
	return be32_load((const uint8_t *)node->value[value].data + 4 * index);
}

uint64_t node_u64(const struct node *node, int value, uint32_t index)
{
	return be64_load((const uint8_t *)node->value[value].data + 8 * index);
}

uint64_t node_address(const struct node *node, int value)
{
	return node->value[value].size == 4 ? node_cell(node, value, 0) : node_u64(node, value, 0);
}

uint64_t node_unit(const struct node *node)
{
	switch (node->kind) {
	case NODE_CPU:
		return node_cell(node, CPU_REG, 0);
	case NODE_MEMORY:
		return node_u64(node, MEMORY_REG, 0);
	case NODE_XIVE:
		return node_u64(node, XIVE_REG, 0);
	case NODE_VTY:
		return node_cell(node, VTY_REG, 0);
	case NODE_NVRAM:
		return node_cell(node, NVRAM_REG, 0);
	case NODE_PHB:
		return node_u64(node, PHB_REG, 0);
	case NODE_PCI:
		return OF_PCI_FUNCTION(node_cell(node, PCI_REG, 0)) >> 8;
	case NODE_POOL:
		return node_u64(node, POOL_REG, 0);
	default:
		return 0;
	}
}

bool node_is_bridge(const struct node *node)
{
	return node->kind == NODE_PCI && node->value[PCI_DEVICE_TYPE].data;
}

/* IEEE 1275 PCI 2.2.1.3: device, and function if it is not 0 */
static void pci_name(const struct node *node, char *name)
{
	const char *base = node_is_bridge(node) ? "pci" : node_schemas[NODE_PCI].name;
	unsigned int place = node_unit(node) & 0xff;

	if (place & 7)
		format(name, NODE_NAME_SIZE, "%s@%x,%x", base, place >> 3, place & 7);
	else
		format(name, NODE_NAME_SIZE, "%s@%x", base, place >> 3);
}

void node_name(const struct node *node, char name[NODE_NAME_SIZE])
{
	const struct node_schema *schema = &node_schemas[node->kind];

	if (node->kind == NODE_PCI)
		pci_name(node, name);
	else if (schema->has_unit)
		format(name, NODE_NAME_SIZE, "%s@%lx", schema->name, node_unit(node));
	else
		format(name, NODE_NAME_SIZE, "%s", schema->name);
}
