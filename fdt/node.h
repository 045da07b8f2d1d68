/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One node of a canonical tree, on its way from a reader to a writer. */
#ifndef FDT_NODE_H
#define FDT_NODE_H

#include "fdt/schema.h"

/* A value as it stands in a tree, big-endian. data NULL: there is none. */
struct node_value {
	const void *data;
	uint32_t size;
};

struct node {
	enum node_kind kind;
	struct node_value value[NODE_VALUES_MAX];	/* by the constants of the schema */
};

/*
 * Whoever takes a tree node by node: each begins with all its values, has its children, and ends.
 * Values live until begin() returns, which may change the node. Both return 0, or what the reader
 * is to return.
 */
struct node_sink {
	int (*begin)(struct node_sink *sink, struct node *node);
	int (*end)(struct node_sink *sink);
};

/* Whether a value has the form that the schema demands. */
bool value_fits(const struct property_schema *property, const void *data, uint32_t size);

/* The schema of a property has one value only. */
bool value_is_constant(const struct property_schema *property);

/* A property of the kind by its name, at @from or after it; -1 if there is none. */
int property_find(enum node_kind kind, const char *name, int from);

/* @kind crosses as a child of @parent, and is called @name, whatever the unit address there is. */
bool node_is_child(enum node_kind kind, enum node_kind parent, const char *name);

/* The first required property that is missing, -1 if none is. */
int node_missing(const struct node *node);

/* Cells of a value that has them; a value of two for node_u64(). */
uint32_t node_cell(const struct node *node, int value, uint32_t index);
uint64_t node_u64(const struct node *node, int value, uint32_t index);

/* One cell or two: addresses of the initrd come as both. */
uint64_t node_address(const struct node *node, int value);

/* Its unit address, from "reg": for PCI bus, device and function as in configuration space. */
uint64_t node_unit(const struct node *node);

/* A PCI-PCI bridge; the only PCI node that has children. */
bool node_is_bridge(const struct node *node);

#define NODE_NAME_SIZE 48

/* Its name with unit address, made of its values; for a PCI node device and function. */
void node_name(const struct node *node, char name[NODE_NAME_SIZE]);

#endif /* FDT_NODE_H */
