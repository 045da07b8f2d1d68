/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading device trees that somebody else wrote. Everything returns 0 or a -FDT_ERR_* of libfdt
 * (-FDT_ERR_BADVALUE for values that make no sense), prints nothing and changes nothing. Trees
 * must have passed dt_check() or at least fdt_check_header(); libfdt then checks every access.
 */
#ifndef FDT_READ_H
#define FDT_READ_H

#include <libfdt.h>

#include "lib/range.h"

/* #address-cells and #size-cells of a node, for its children. */
struct dt_cells {
	uint32_t address, size;
};

/*
 * dt_check() - a tree which nothing has vouched for.
 * @most: bytes that may be read at @fdt
 * Checks header, version (16 or 17), size, structure, strings and memory reservations.
 */
int dt_check(const void *fdt, size_t most);

/* Cells by which the children of @node are addressed; defaults 2 and 1 (DTSpec 2.3.5). At most 2 each. */
int dt_cells(const void *fdt, int node, struct dt_cells *cells);

/* A property of exactly one u32, or of one u32 or u64 (/chosen/linux,initrd-start comes as both). */
int dt_u32(const void *fdt, int node, const char *name, uint32_t *value);
int dt_u32_or_u64(const void *fdt, int node, const char *name, uint64_t *value);

/* A property that is one or two u64 and nothing else. */
int dt_u64_pair(const void *fdt, int node, const char *name, uint64_t *first, uint64_t *second);

/* A string property with its NUL inside the property; NULL where there is none. */
const char *dt_string(const void *fdt, int node, const char *name);

/* True if @node has the string @value under @name as its whole value. */
bool dt_is(const void *fdt, int node, const char *name, const char *value);

/* Entry @index of "reg". -FDT_ERR_NOTFOUND behind the last one. */
int dt_reg(const void *fdt, int node, struct dt_cells cells, int index, struct range *reg);

/*
 * Add the memory of one node to @memory: all of "reg" of a memory node, or the assigned blocks of
 * /ibm,dynamic-reconfiguration-memory (LoPAR C.6.6.2), old and new (-v2) form. Neighbours are
 * joined. -FDT_ERR_NOSPACE when @memory is full, -FDT_ERR_BADVALUE for ranges that overlap or wrap.
 */
int dt_add_memory_node(const void *fdt, int node, struct dt_cells cells, struct ranges *memory);
int dt_add_dynamic_memory(const void *fdt, int node, struct ranges *memory);

/* All memory of a tree, by the two above. -FDT_ERR_NOTFOUND where there is none. */
int dt_memory(const void *fdt, struct ranges *memory);

/* Add every entry of the memory reservation block to @set. */
int dt_reservations(const void *fdt, struct ranges *set);

#endif /* FDT_READ_H */
