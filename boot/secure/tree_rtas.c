// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/tree_rtas.h"

#include "lib/error.h"

#define NODES_MAX 256	/* Linux' MAX_NUMNODES: NODES_SHIFT of arch/powerpc/Kconfig */

/* 0: no call, or one that there is not */
static uint32_t token_of(const struct node *rtas, int value)
{
	const struct property_schema *property = &node_schemas[NODE_RTAS].property[value];

	return rtas->value[value].data && property->form == FORM_CELL &&
			       property->max == TOKEN_MAX ?
		       node_cell(rtas, value, 0) :
		       0;
}

static int check_tokens(const struct node *rtas)
{
	const struct property_schema *property = node_schemas[NODE_RTAS].property;
	uint32_t token[RTAS_COUNT];

	for (int i = 0; i < RTAS_COUNT; i++) {
		token[i] = token_of(rtas, i);
		for (int j = 0; j < i; j++)
			if (token[i] && token[i] == token[j])
				return error(E_VERIFY_TREE, "/rtas: one token for %s and %s",
					     property[j].name, property[i].name);
	}
	return 0;
}

/* The first or the second point is the cell that says how many nodes there are. */
static bool has_sound_points(const struct node *rtas)
{
	const uint32_t domains =
		rtas->value[RTAS_DOMAINS].data ? node_cell(rtas, RTAS_DOMAINS, 0) : 0;

	for (uint32_t i = 0; i < rtas->value[RTAS_REFERENCE_POINTS].size / 4; i++) {
		uint32_t point = node_cell(rtas, RTAS_REFERENCE_POINTS, i);

		if (point < 1 || point > domains ||
		    (i < 2 && node_cell(rtas, RTAS_DOMAINS, point) > NODES_MAX))
			return false;
	}
	return true;
}

/* Of nodes without a gap, and of all pairs of them. */
static bool has_sound_distances(const struct node *rtas)
{
	const struct node_value *distances = &rtas->value[RTAS_NUMA_DISTANCE];
	const struct node_value *index = &rtas->value[RTAS_NUMA_INDEX];
	const uint32_t nodes = index->data ? node_cell(rtas, RTAS_NUMA_INDEX, 0) : 0;

	if (!index->data && !distances->data)
		return true;
	for (uint32_t i = 0; i < nodes; i++)
		if (node_cell(rtas, RTAS_NUMA_INDEX, i + 1) != i)
			return false;
	return distances->size == 4 + nodes * nodes &&
	       node_cell(rtas, RTAS_NUMA_DISTANCE, 0) == nodes * nodes;
}

int tree_check_rtas(const struct node *rtas)
{
	if (!has_sound_points(rtas) || !has_sound_distances(rtas))
		return error(E_VERIFY_TREE, "/rtas: NUMA tables");
	return check_tokens(rtas);
}

void tree_window_calls(const struct node *rtas, uint32_t token[WINDOW_CALLS])
{
	for (int i = 0; i < WINDOW_CALLS; i++)
		token[i] = token_of(rtas, RTAS_QUERY_WINDOW + i);
}

bool tree_names_window_calls(const struct node *phb, const uint32_t token[WINDOW_CALLS])
{
	if (phb->value[PHB_DDW_EXTENSIONS].data &&
	    node_cell(phb, PHB_DDW_EXTENSIONS, 1) != token[WINDOW_RESET])
		return false;
	for (uint32_t i = 0; phb->value[PHB_DDW_TOKENS].data && i < WINDOW_RESET; i++)
		if (node_cell(phb, PHB_DDW_TOKENS, i) != token[i])
			return false;
	return true;
}
