// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/fake/events.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPACE 0x40000
#define COUNT (sizeof(((struct tree_events *)0)->at) / sizeof(struct tree_event))

static void insist(int holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "events: %s\n", what);
		exit(2);
	}
}

void events_read(struct tree_events *events, const void *fdt)
{
	struct dt_walk walk;
	int event;

	events->count = 0;
	insist(dt_walk_start(&walk, fdt, fdt_totalsize(fdt)) == 0, "no tree");
	while ((event = dt_walk_next(&walk)) > DT_DONE) {
		insist(events->count < COUNT, "too many");
		events->at[events->count++] = (struct tree_event){ (enum dt_event)event, walk.name, walk.value, walk.size };
	}
	insist(event == DT_DONE, "a damaged tree");
}

void *events_write(const struct tree_events *events)
{
	void *fdt = malloc(SPACE);
	int frc = fdt_create(fdt, SPACE);

	if (frc == 0)
		frc = fdt_finish_reservemap(fdt);
	for (size_t i = 0; frc == 0 && i < events->count; i++) {
		const struct tree_event *event = &events->at[i];

		if (event->what == DT_NODE)
			frc = fdt_begin_node(fdt, event->name);
		else if (event->what == DT_PROP)
			frc = fdt_property(fdt, event->name, event->value, (int)event->size);
		else
			frc = fdt_end_node(fdt);
	}
	insist(frc == 0 && fdt_finish(fdt) == 0, "cannot be written");
	return realloc(fdt, fdt_totalsize(fdt));
}

size_t events_node(const struct tree_events *events, const char *name)
{
	size_t i = 0;

	while (i < events->count && (events->at[i].what != DT_NODE || strcmp(events->at[i].name, name) != 0))
		i++;
	insist(i < events->count, name);
	return i;
}

size_t events_property(const struct tree_events *events, const char *name, const char *property)
{
	size_t i = events_node(events, name) + 1;

	while (events->at[i].what == DT_PROP && strcmp(events->at[i].name, property) != 0)
		i++;
	insist(events->at[i].what == DT_PROP, property);
	return i;
}

size_t events_behind(const struct tree_events *events, size_t node)
{
	int depth = 0;

	do
		depth += events->at[node].what == DT_NODE ? 1 : events->at[node].what == DT_NODE_END ? -1 : 0;
	while (++node < events->count && depth);
	return node;
}

void events_insert(struct tree_events *events, size_t at, const struct tree_event *added, size_t count)
{
	struct tree_event *copy = malloc((count + 1) * sizeof(*added));

	insist(copy && events->count + count <= COUNT, "too many");
	memcpy(copy, added, count * sizeof(*added));
	memmove(&events->at[at + count], &events->at[at], (events->count - at) * sizeof(*added));
	memcpy(&events->at[at], copy, count * sizeof(*added));
	events->count += count;
	free(copy);
}

void events_remove(struct tree_events *events, size_t at, size_t count)
{
	memmove(&events->at[at], &events->at[at + count], (events->count - at - count) * sizeof(events->at[0]));
	events->count -= count;
}
