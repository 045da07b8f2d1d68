// SPDX-License-Identifier: GPL-2.0-or-later
/* Where arch/powerpc/mm/numa.c leaves its tables, by what /rtas says. It looks at none of this. */
#include "tests/host/oracle/linux_tree.h"

#define MAX_NUMNODES 256	/* CONFIG_NODES_SHIFT=8 */

enum affinity { FORM0, FORM1, FORM2 };

/* probe_fw_features(), arch/powerpc/platforms/pseries/firmware.c; OV5_FORM*_AFFINITY */
static enum affinity affinity(const struct linux_tree *tree, const struct flat *flat)
{
	const struct flat_prop *vec5 = flat_get(flat, tree->chosen, "ibm,architecture-vec-5");
	uint8_t byte = vec5 && vec5->size > 5 ? vec5->value[5] : 0;

	return byte & 0x20 ? FORM2 : byte & 0x80 ? FORM1 : FORM0;
}

/* find_primary_domain_index(), :433; below zero: NUMA is off */
static int32_t primary_domain(const struct flat *flat, const struct flat_prop *points,
			      enum affinity form)
{
	if (!points || (form == FORM0 && points->size < 8))
		return -1;
	return (int32_t)flat_cell(flat, points, form == FORM0);
}

/* __initialize_form1_numa_distance(), :301: an index below zero is before the property */
static bool points_lie_before(const struct flat *flat, const struct flat_prop *points)
{
	for (uint32_t i = 0; i < points->size / 4; i++)
		if ((int32_t)(flat_cell(flat, points, i) - 1) < 0)
			return true;
	return false;
}

/* initialize_form2_numa_distance_lookup_table(), :371 */
static const char *fill_distances(const struct flat *flat, int rtas)
{
	const struct flat_prop *ids = flat_get(flat, rtas, "ibm,numa-lookup-index-table");
	const struct flat_prop *distances = flat_get(flat, rtas, "ibm,numa-distance-table");
	uint32_t count = ids ? flat_cell(flat, ids, 0) : 0;

	if (!ids || !distances)
		return NULL;	/* a null pointer, of which nobody has anything */
	if (count > MAX_NUMNODES || count > ids->size / 4 - 1)
		return "more NUMA nodes than the table has";
	if (flat_cell(flat, distances, 0) == count * count && distances->size < 4 + count * count)
		return "fewer NUMA distances than nodes have";
	for (uint32_t i = 0; i < count; i++)
		if (flat_cell(flat, ids, i + 1) >= MAX_NUMNODES)
			return "a NUMA distance outside its table";
	return NULL;
}

void linux_read_numa(struct linux_tree *tree, const struct flat *flat)
{
	const int rtas = tree->rtas.by_path;
	const enum affinity form = affinity(tree, flat);
	const struct flat_prop *points, *domains;
	int32_t primary;

	if (rtas == FLAT_NONE)
		return;
	points = flat_get(flat, rtas, "ibm,associativity-reference-points");
	domains = flat_get(flat, rtas, "ibm,max-associativity-domains");
	primary = primary_domain(flat, points, form);
	if (primary < 0)
		return;
	if (form == FORM2)
		tree->numa_fault = fill_distances(flat, rtas);
	else if (form == FORM1 && points_lie_before(flat, points))
		tree->numa_fault = "a NUMA reference point before its table";
	if (tree->numa_fault || !domains)
		return;
	/* find_possible_nodes(), :1140 */
	if ((uint32_t)primary >= domains->size / 4)
		tree->numa_fault = "a NUMA domain beyond its table";
	else if (flat_cell(flat, domains, (uint32_t)primary) > MAX_NUMNODES)
		tree->numa_fault = "more NUMA nodes than there can be";
}
