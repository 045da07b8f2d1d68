/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Editing device trees. Returns 0 or a -FDT_ERR_* of libfdt, -FDT_ERR_NOSPACE when the tree is
 * full.
 */
#ifndef FDT_EDIT_H
#define FDT_EDIT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/range.h"

/* Make a checked tree editable where it lies, in a buffer of @space bytes. */
int dt_open(void *fdt, size_t space);

/* Close the gaps and leave @slack bytes for the next editor. */
int dt_close(void *fdt, size_t slack);

/*
 * Give @node the properties of @other_node which it does not have, but those that begin with
 * @except.
 */
int dt_copy_missing(void *fdt, int node, const void *other, int other_node, const char *except);

/* Turn the property @name of @node into FDT_NOP. 0 also where there is none. */
int dt_drop_property(void *fdt, int node, const char *name);

/* Replace the memory reservation block by @keep. */
int dt_set_reservations(void *fdt, const struct ranges *keep);

#endif /* FDT_EDIT_H */
