// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/evidence.h"

#include <libfdt.h>

#include "fdt/read.h"
#include "lib/format.h"
#include "lib/log.h"

#define VALUE_MAX 32	/* bytes of a value that are printed */

void evidence_map(const char *when, const char *what, struct range range, const char *state)
{
	if (range_size(range))
		log_info("map=%s what=%s range=0x%lx+0x%lx state=%s", when, what, range.start,
			 range_size(range), state);
}

void evidence_map_all(const char *when, const char *what, const struct ranges *set,
		      const char *state)
{
	for (size_t i = 0; i < set->count; i++)
		evidence_map(when, what, set->item[i], state);
}

void evidence_tree(const void *tree, const char *path, const char *prop)
{
	char hex[2 * VALUE_MAX + 1] = "-", rest[24] = "";
	const uint8_t *value;
	int size;

	if (!log_enabled(LOG_INFO))
		return;
	if (!prop) {
		log_info("tree=add node=%pV", path);
		return;
	}
	value = dt_get(tree, dt_find(tree, path), prop, &size);
	if (!value)
		return;
	for (int i = 0; i < size && i < VALUE_MAX; i++)
		format(hex + 2 * i, 3, "%02x", value[i]);
	if (size > VALUE_MAX)
		format(rest, sizeof(rest), "... len=%d", size);
	log_info("tree=set node=%pV prop=%pV new=%s%s", path, prop, hex, rest);
}
