// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/record.h"

#include <libfdt.h>

#include "boot/handover.h"
#include "fdt/memory.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/version.h"

#define FORMAT 1

struct record {
	struct node node;
	uint8_t version[4], pool[DT_RANGE_SIZE], times[8 * STEP_COUNT];
};

/* Steps 1 to 4 as the normal world wrote them; then our own. */
static void fill_times(uint8_t *times, const struct node_value *before)
{
	memset(times, 0, 8 * STEP_COUNT);
	if (before->data && before->size == DT_TIMES_COUNT * 8)
		memcpy(times, before->data, before->size);
	be64_store(times + 8 * (STEP_VERIFY - 1), log_step_time(STEP_VERIFY));
	be64_store(times + 8 * (STEP_PATCH - 1), timebase());
	be64_store(times + 8 * (STEP_HANDOFF - 1), timebase());
}

static struct node_value text_value(const char *text)
{
	return (struct node_value){ text, (uint32_t)strlen(text) + 1 };
}

static void fill_record(struct record *record, const struct guest *guest,
			const struct node_value *times)
{
	struct node_value *value = record->node.value;
	struct node_value verified = text_value(verified_name(guest));

	record->node.kind = NODE_RECORD;
	be32_store(record->version, FORMAT);
	dt_store_range(record->pool, guest->pool);
	fill_times(record->times, times);
	value[RECORD_VERSION] = (struct node_value){ record->version, sizeof(record->version) };
	value[RECORD_FIRMWARE] = text_value(VERSION);
	value[RECORD_WORLD] = text_value(world_name(guest));
	value[RECORD_KERNEL] = value[RECORD_INITRD] = value[RECORD_CMDLINE] = verified;
	value[RECORD_POOL] = (struct node_value){ record->pool, sizeof(record->pool) };
	value[RECORD_TIMES] = (struct node_value){ record->times, sizeof(record->times) };
	value[RECORD_MEASURED] = (struct node_value){ NULL, 0 };
	if (*guest->measured)
		value[RECORD_MEASURED] = text_value(guest->measured);
}

int record_write(const struct guest *guest, const struct node_value *times,
		 struct flatten *flatten)
{
	struct record record;

	fill_record(&record, guest, times);
	return flatten_leaf(flatten, &record.node);
}

int record_edit(const struct guest *guest)
{
	const struct property_schema *property = node_schemas[NODE_RECORD].property;
	void *tree = guest->tree;
	int chosen = dt_find(tree, "/chosen"), size = 0, frc = 0;
	int node = fdt_subnode_offset(tree, chosen, "pefboot");
	const void *times = dt_get(tree, chosen, DT_TIMES, &size);
	struct record record;

	fill_record(&record, guest, &(struct node_value){ times, (uint32_t)size });
	if (node == -FDT_ERR_NOTFOUND)
		node = fdt_add_subnode(tree, chosen, "pefboot");
	if (node < 0)
		return node;
	for (int i = 0; frc == 0 && i < RECORD_COUNT; i++)
		if (record.node.value[i].data)
			frc = fdt_setprop(tree, node, property[i].name, record.node.value[i].data,
					  (int)record.node.value[i].size);
	return frc;
}
