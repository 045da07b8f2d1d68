/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tree as the list of its events (fdt/walk.h), which a test edits and writes again. */
#ifndef TESTS_FAKE_EVENTS_H
#define TESTS_FAKE_EVENTS_H

#include <stddef.h>

#include "fdt/walk.h"

struct tree_event {
	enum dt_event what;
	const char *name;	/* of node or property */
	const void *value;
	uint32_t size;
};

struct tree_events {
	size_t count;
	struct tree_event at[1024];
};

/* Names and values stay in @fdt. */
void events_read(struct tree_events *events, const void *fdt);

/* A tree of exactly its size; the caller frees it. */
void *events_write(const struct tree_events *events);

/* Where the node @name begins, or the property @property in it. Ends the program where there is none. */
size_t events_node(const struct tree_events *events, const char *name);
size_t events_property(const struct tree_events *events, const char *name, const char *property);

/* Behind the end of the node that begins at @node. */
size_t events_behind(const struct tree_events *events, size_t node);

/* @count events that are copied to, or taken away from, @at. */
void events_insert(struct tree_events *events, size_t at, const struct tree_event *added, size_t count);
void events_remove(struct tree_events *events, size_t at, size_t count);

#endif /* TESTS_FAKE_EVENTS_H */
