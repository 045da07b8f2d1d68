/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of real addresses, in bytes: [start, end). Empty when end == start. */
#ifndef LIB_RANGE_H
#define LIB_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
	uint64_t start, end;
};

/* Make a range of base and size; false (and an empty range) where it wraps around 2^64. */
bool range_make(struct range *range, uint64_t base, uint64_t size);

static inline uint64_t range_size(struct range range)
{
	return range.end - range.start;
}

static inline bool range_overlaps(struct range a, struct range b)
{
	return a.start < b.end && b.start < a.end;
}

static inline bool range_contains(struct range outer, struct range inner)
{
	return outer.start <= inner.start && inner.end <= outer.end;
}

/* A set of ranges in a fixed array; what overlaps is kept as it was added. */
#define RANGES_MAX 64
struct ranges {
	size_t count;
	struct range item[RANGES_MAX];
};

/* Add one; false when the set is full. An empty range needs no room: true. */
bool ranges_add(struct ranges *set, struct range range);

/* The first member that overlaps @range, or NULL. */
const struct range *ranges_hit(const struct ranges *set, struct range range);

/* True when one member contains the whole of @range. */
bool ranges_contain(const struct ranges *set, struct range range);

/* The member that starts at 0, cut off at @ceiling; empty where there is none. */
struct range ranges_low(const struct ranges *set, uint64_t ceiling);

/*
 * The highest place of @size bytes, aligned to @align (a power of two), within @space and clear
 * of every member of @taken. Returns false where there is none.
 */
bool range_find_top(struct range *found, struct range space, uint64_t size, uint64_t align,
		    const struct ranges *taken);

#endif /* LIB_RANGE_H */
