// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/record.h"

#include <libfdt.h>

#include "boot/handover.h"
#include "lib/arch.h"
#include "lib/log.h"
#include "lib/string.h"

#define RECORD_VERSION 1

/* Steps 1 to 4 as the normal world wrote them, which nothing vouches for; then our own. */
static int write_times(void *tree, int node, int chosen)
{
	fdt64_t times[STEP_COUNT] = { 0 };
	int size;
	const void *before = fdt_getprop(tree, chosen, DT_TIMES, &size);

	if (before && size == (int)(DT_TIMES_COUNT * sizeof(times[0])))
		memcpy(times, before, (size_t)size);
	times[STEP_VERIFY - 1] = cpu_to_fdt64(log_step_time(STEP_VERIFY));
	times[STEP_PATCH - 1] = times[STEP_HANDOFF - 1] = cpu_to_fdt64(timebase());
	return fdt_setprop(tree, node, "times", times, sizeof(times));
}

int record_write(const struct guest *guest)
{
	const struct {
		const char *name, *value;
	} words[] = {
		{ "world", world_name(guest) },
		{ "kernel", verified_name(guest) },
		{ "initrd", verified_name(guest) },
		{ "cmdline", verified_name(guest) },
	};
	const fdt64_t pool[2] = { cpu_to_fdt64(guest->pool.start),
				  cpu_to_fdt64(range_size(guest->pool)) };
	void *tree = guest->tree;
	int chosen = fdt_path_offset(tree, "/chosen"), frc = 0;
	int node = fdt_subnode_offset(tree, chosen, "pefboot");

	if (node == -FDT_ERR_NOTFOUND)
		node = fdt_add_subnode(tree, chosen, "pefboot");
	if (node < 0)
		return node;
	for (size_t i = 0; frc == 0 && i < sizeof(words) / sizeof(words[0]); i++)
		frc = fdt_setprop_string(tree, node, words[i].name, words[i].value);
	if (frc == 0)
		frc = fdt_setprop(tree, node, "pool", pool, sizeof(pool));
	if (frc == 0)
		frc = write_times(tree, node, chosen);
	return frc ? frc : fdt_setprop_u32(tree, node, "version", RECORD_VERSION);
}
