/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single values out of a tree. Returns 0 or a -FDT_ERR_* of libfdt (-FDT_ERR_BADVALUE for values
 * that make no sense), prints nothing and changes nothing.
 */
#ifndef FDT_READ_H
#define FDT_READ_H

#include <libfdt.h>

#include "lib/range.h"

/*
 * A tree that nothing has vouched for: header, structure, strings, reservations. @max: as
 * dt_walk_start()
 */
int dt_check(const void *fdt, uint64_t max);

/*
 * Its header only. Enough for dt_find(), dt_get(), dt_open() and dt_insert() to stay inside the
 * tree, whatever the rest is.
 */
int dt_check_header(const void *fdt, uint64_t max);

/*
 * dt_find() - the node at the absolute path @path, or a -FDT_ERR_*; as for fdt_path_offset() of
 * libfdt, a component without a unit address is the first node of that name, whatever its own.
 * dt_get() - as fdt_getprop(): the value of a property, its bytes in @size (may be NULL), or NULL
 * and a -FDT_ERR_*.
 * Both check what they pass, as libfdt does, at a tenth of its cost (fdt/walk.h).
 */
int dt_find(const void *fdt, const char *path);
const void *dt_get(const void *fdt, int node, const char *name, int *size);

/*
 * A property of exactly one u32, or of one u32 or u64 (/chosen/linux,initrd-start comes as both).
 */
int dt_u32(const void *fdt, int node, const char *name, uint32_t *value);
int dt_u32_or_u64(const void *fdt, int node, const char *name, uint64_t *value);

/* A property that is two u64 and nothing else. */
int dt_u64_pair(const void *fdt, int node, const char *name, uint64_t *first, uint64_t *second);

/* A string property with its NUL inside the property; NULL where there is none. */
const char *dt_string(const void *fdt, int node, const char *name);

/* Add every entry of the memory reservation block to @set. */
int dt_reservations(const void *fdt, struct ranges *set);

#endif /* FDT_READ_H */
