/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes to the structure of a device tree, for a fuzzer: nodes and properties are inserted,
 * doubled, moved, renamed, retagged and dropped, in all the ways by which two readers of a tree may
 * come to different results. What comes out is a sound blob (Devicetree Specification 0.4, chapter
 * 5); what it says is another matter.
 */
#ifndef TESTS_FUZZ_TREE_MUTATOR_H
#define TESTS_FUZZ_TREE_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/*
 * Change the tree of @size bytes at @data, one to four times; same seed, same change.
 * Returns the new size, at most @max; 0: it is no tree, or has no room, and is as it was.
 */
size_t tree_mutate(uint8_t *data, size_t size, size_t max, uint32_t seed);

/*
 * Put a node of one tree, with all below it, anywhere into the other; into @out. Returns its size,
 * or 0.
 */
size_t tree_cross(const uint8_t *first, size_t first_size, const uint8_t *second,
		  size_t second_size, uint8_t *out, size_t max, uint32_t seed);

#endif /* TESTS_FUZZ_TREE_MUTATOR_H */
