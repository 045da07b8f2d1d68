// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/read.h"

#include "fdt/walk.h"
#include "lib/endian.h"
#include "lib/string.h"

int dt_check(const void *fdt, uint64_t max)
{
	struct dt_walk walk;
	int event, frc = dt_walk_start(&walk, fdt, max);

	if (frc)
		return frc;
	while ((event = dt_walk_next_node(&walk)) > DT_DONE)
		;
	return event;
}

int dt_check_header(const void *fdt, uint64_t max)
{
	struct dt_walk walk;

	return dt_walk_start(&walk, fdt, max);
}

/* The first component of a path, and what it leaves. */
static size_t component(const char **path)
{
	size_t length = 0;

	while (**path == '/')
		(*path)++;
	while ((*path)[length] && (*path)[length] != '/')
		length++;
	return length;
}

static bool names(const char *wanted, size_t length, const char *name)
{
	if (strncmp(wanted, name, length) != 0)
		return false;
	return !name[length] || (name[length] == '@' && !memchr(wanted, '@', length));
}

int dt_find(const void *fdt, const char *path)
{
	struct dt_walk walk;
	int event, level = 1, frc = *path == '/' ? dt_walk_node(&walk, fdt, 0) : -FDT_ERR_BADPATH;
	size_t length = component(&path);

	if (frc || !length)
		return frc;
	while ((event = dt_walk_next_node(&walk)) > DT_DONE) {
		if (event == DT_NODE && walk.depth == level && names(path, length, walk.name)) {
			path += length;
			length = component(&path);
			if (!length)
				return walk.node;
			level++;
		} else if (event == DT_NODE_END && walk.depth < level - 1) {
			break;
		}
	}
	return event < 0 ? event : -FDT_ERR_NOTFOUND;
}

const void *dt_get(const void *fdt, int node, const char *name, int *size)
{
	const uint64_t wanted = *name && name[1] ? dt_walk_bit(name) : UINT64_MAX;
	struct dt_walk walk;
	int ignored, event = dt_walk_node(&walk, fdt, node);

	size = size ? size : &ignored;
	while (event >= 0 && (event = dt_walk_next_of(&walk, wanted)) == DT_PROP) {
		if (!dt_walk_named(&walk, name))
			continue;
		*size = (int)walk.size;
		return walk.value;
	}
	*size = event < 0 ? event : -FDT_ERR_NOTFOUND;
	return NULL;
}

int dt_u32(const void *fdt, int node, const char *name, uint32_t *value)
{
	int size;
	const void *prop = dt_get(fdt, node, name, &size);

	if (!prop)
		return size;
	if (size != sizeof(uint32_t))
		return -FDT_ERR_BADVALUE;
	*value = be32_load(prop);
	return 0;
}

int dt_u32_or_u64(const void *fdt, int node, const char *name, uint64_t *value)
{
	int size;
	const void *prop = dt_get(fdt, node, name, &size);

	if (!prop)
		return size;
	if (size == sizeof(uint32_t))
		*value = be32_load(prop);
	else if (size == sizeof(uint64_t))
		*value = be64_load(prop);
	else
		return -FDT_ERR_BADVALUE;
	return 0;
}

int dt_u64_pair(const void *fdt, int node, const char *name, uint64_t *first, uint64_t *second)
{
	int size;
	const uint8_t *prop = dt_get(fdt, node, name, &size);

	if (!prop)
		return size;
	if (size != 2 * sizeof(uint64_t))
		return -FDT_ERR_BADVALUE;
	*first = be64_load(prop);
	*second = be64_load(prop + sizeof(uint64_t));
	return 0;
}

const char *dt_string(const void *fdt, int node, const char *name)
{
	int size;
	const char *text = dt_get(fdt, node, name, &size);

	return text && memchr(text, '\0', (size_t)size) ? text : NULL;
}

int dt_reservations(const void *fdt, struct ranges *set)
{
	int count = fdt_num_mem_rsv(fdt);

	for (int i = 0; i < count; i++) {
		uint64_t base, size;
		struct range range;
		int frc = fdt_get_mem_rsv(fdt, i, &base, &size);

		if (frc)
			return frc;
		if (!range_make(&range, base, size))
			return -FDT_ERR_BADVALUE;
		if (!ranges_add(set, range))
			return -FDT_ERR_NOSPACE;
	}
	return count < 0 ? count : 0;
}
