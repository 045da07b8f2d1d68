// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/canonical.h"

#include <libfdt.h>

#include "fdt/walk.h"
#include "lib/string.h"

struct reader {
	struct dt_walk walk;
	int event;			/* of the walk, not taken yet */
	struct node_sink *sink;
	struct tree_fault *fault;
	struct node node;		/* at hand; its children come after it was passed on */
	int depth;
};

static int refuse(struct reader *reader, const char *why, const char *node, const char *property)
{
	*reader->fault = (struct tree_fault){ why, *node ? node : "/", property };
	return -FDT_ERR_BADSTRUCTURE;
}

static int next_event(struct reader *reader)
{
	reader->event = dt_walk_next(&reader->walk);
	return reader->event < 0 ? refuse(reader, "the structure is damaged", "/", NULL) : 0;
}

static int take_properties(struct reader *reader, const char *name)
{
	struct node *node = &reader->node;
	const struct node_schema *schema = &node_schemas[node->kind];
	const struct dt_walk *walk = &reader->walk;
	int at = -1, rc;

	for (int i = 0; i < schema->count; i++)
		node->value[i] = (struct node_value){ NULL, 0 };
	while ((rc = next_event(reader)) == 0 && reader->event == DT_PROP) {
		at = property_find(node->kind, walk->name, at + 1);
		if (at < 0 || !(schema->property[at].flags & CROSSES))
			return refuse(reader, "unknown, there twice, or out of order", name,
				      walk->name);
		if (!value_fits(&schema->property[at], walk->value, walk->size))
			return refuse(reader, "bad value", name, walk->name);
		node->value[at] = (struct node_value){ walk->value, walk->size };
	}
	if (rc)
		return rc;
	at = node_missing(node);
	return at < 0 ? 0 : refuse(reader, "missing", name, schema->property[at].name);
}

static int check_name(struct reader *reader, const char *name)
{
	char want[NODE_NAME_SIZE];

	node_name(&reader->node, want);
	return strcmp(name, want) == 0 ? 0 : refuse(reader, "not the name of its values", name,
						    NULL);
}

/* A child's kind: the first that comes after @from, or is @from if that may repeat. */
static int find_kind(enum node_kind parent, const char *name, int from)
{
	if (parent == NODE_PHB || parent == NODE_PCI)
		return NODE_PCI;
	for (int kind = from; kind < NODE_KINDS; kind++)
		if (node_is_child(kind, parent, name) &&
		    node_schemas[kind].has_unit == (strchr(name, '@') != NULL))
			return kind;
	return -1;
}

/* No child of a kind that is required has been passed over, from @from up to @to. */
static int check_passed(struct reader *reader, enum node_kind parent, int from, int to)
{
	for (int kind = from; kind < to; kind++)
		if (kind != NODE_ROOT && node_schemas[kind].parent == parent &&
		    (node_schemas[kind].flags & (CROSSES | REQUIRED)) == (CROSSES | REQUIRED))
			return refuse(reader, "missing, or out of order", node_schemas[kind].name,
				      NULL);
	return 0;
}

static int take_node(struct reader *reader, enum node_kind kind, uint64_t *unit);

/* The children of a node that has been passed on. */
static int take_children(struct reader *reader, enum node_kind parent)
{
	int last = -1, rc = 0;
	uint64_t unit = 0;

	while (rc == 0 && reader->event == DT_NODE) {
		const char *name = reader->walk.name;
		bool repeats = last >= 0 && node_schemas[last].is_many;
		int kind = find_kind(parent, name, repeats ? last : last + 1);
		uint64_t before = unit;

		if (kind < 0)
			return refuse(reader, "unknown, there twice, or out of order", name, NULL);
		rc = check_passed(reader, parent, last + 1, kind);
		if (rc == 0)
			rc = take_node(reader, kind, &unit);
		if (rc == 0 && kind == last && unit <= before)
			return refuse(reader, "there twice, or out of order", name, NULL);
		last = kind;
	}
	return rc ? rc : check_passed(reader, parent, last + 1, NODE_KINDS);
}

static bool may_have_children(const struct node *node)
{
	return node->kind != NODE_PCI || node_is_bridge(node);
}

static int take_node(struct reader *reader, enum node_kind kind, uint64_t *unit)
{
	const char *name = reader->walk.name;
	bool parent;
	int rc;

	reader->node.kind = kind;
	if (++reader->depth > CANONICAL_DEPTH_MAX)
		return refuse(reader, "too deep", name, NULL);
	if ((rc = take_properties(reader, name)) || (rc = check_name(reader, name)))
		return rc;
	*unit = node_unit(&reader->node);
	parent = may_have_children(&reader->node);
	rc = reader->sink->begin(reader->sink, &reader->node);
	if (rc == 0 && parent)
		rc = take_children(reader, kind);
	if (rc == 0 && reader->event != DT_NODE_END)
		rc = refuse(reader, "has a child", name, NULL);
	if (rc == 0)
		rc = reader->sink->end(reader->sink);
	reader->depth--;
	return rc ? rc : next_event(reader);
}

int canonical_read(const void *fdt, uint64_t max, struct node_sink *sink, struct tree_fault *fault)
{
	struct reader reader = { .sink = sink, .fault = fault };
	int rc = dt_walk_start(&reader.walk, fdt, max);
	uint64_t unit;

	if (rc) {
		*fault = (struct tree_fault){ fdt_strerror(rc), "/", NULL };
		return rc;
	}
	rc = next_event(&reader);
	/* behind the root the walk finds the end, or damage */
	return rc ? rc : take_node(&reader, NODE_ROOT, &unit);
}
