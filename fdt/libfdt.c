// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libfdt (from the source package of device-tree-compiler; tools/deps) as one unit, so that the
 * compiler sees through its many small functions.
 *
 * Two things are done otherwise, for speed: a property name is looked up string by string instead
 * of at every byte of the strings block, and sequential write looks up nothing: its caller knows
 * where the name stands.
 */
#include <stddef.h>

#include "fdt/libfdt_sw.h"
#include "lib/string.h"

/* The check that stands before each access, in place. */
const void *fdt_offset_ptr(const void *fdt, int offset, unsigned int size)
	__attribute__((always_inline));

#define fdt_find_string_ fdt_find_string_bytewise
#include <fdt.c>
#undef fdt_find_string_

/* libfdt_internal.h: the first place where @name stands in the @size bytes of @table, or NULL */
const char *fdt_find_string_(const char *table, int size, const char *name)
{
	size_t wanted = strlen(name) + 1, left = (size_t)size;
	const char *at = table, *end;

	while (left >= wanted && (*at != *name || memcmp(at, name, wanted) != 0)) {
		end = memchr(at, '\0', left);
		if (!end)
			return NULL;
		left -= (size_t)(end + 1 - at);
		at = end + 1;
	}
	return left >= wanted ? at : NULL;
}

#include <fdt_ro.c>
#include <fdt_wip.c>
#include <fdt_rw.c>

const char *fdt_sw_known_name;

static const char *find_known_name(const char *table, int size, const char *name)
{
	(void)table;
	(void)size;
	(void)name;
	return fdt_sw_known_name;
}

/* Two functions of fdt_sw.c have names of fdt_rw.c's, and do otherwise. */
#define fdt_find_add_string_ fdt_sw_find_add_string_
#define fdt_del_last_string_ fdt_sw_del_last_string_
#define fdt_find_string_ find_known_name
#include <fdt_sw.c>
#undef fdt_find_add_string_
#undef fdt_del_last_string_
#undef fdt_find_string_

#include <fdt_addresses.c>
#include <fdt_check.c>
#include <fdt_strerror.c>
