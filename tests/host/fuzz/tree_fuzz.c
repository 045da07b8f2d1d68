// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Device trees whose structure a hostile host has changed: as the secure stage is given them, and
 * as step 4 is, which makes a canonical tree of them for the secure stage. Each is refused, or
 * Linux makes of the stage's own tree what the stage has verified (tests/host/oracle says what
 * Linux makes of it).
 */
#include <libfdt.h>
#include <stdio.h>

#include "boot/handover.h"
#include "boot/normal/tree_canonical.h"
#include "fdt/read.h"
#include "tests/host/fake/judge.h"
#include "tests/host/fake/stage.h"
#include "tests/host/fuzz/fuzz.h"
#include "tests/host/fuzz/tree_mutator.h"

#define MOST 65536

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second,
				 size_t second_size, uint8_t *out, size_t max, unsigned int seed);

/* Step 4's canonical form of a tree; NULL where it refuses. */
static const void *canonicalise(const uint8_t *data, size_t size)
{
	static uint8_t tree[TREE_SPACE] __attribute__((aligned(8)));
	static uint8_t spare[TREE_SPACE], scrap[SCRAP_SPACE] __attribute__((aligned(8)));
	struct home home = { .tree = tree, .spare = spare, .scrap = scrap };

	if (size > sizeof(tree))
		return NULL;
	memcpy(tree, data, size);
	return dt_check(tree, size) || tree_canonicalise(&home) ? NULL : home.tree;
}

/*
 * Trees that were let pass: where the next change starts from, half of the time. Most changes make
 * a tree that is refused, and a change to that is refused again.
 */
#define ACCEPTED_MAX 64
static struct accepted {
	size_t size;
	uint8_t data[MOST / 2];
} accepted[ACCEPTED_MAX];
static uint32_t accepted_count;

static void remember(const uint8_t *data, size_t size)
{
	struct accepted *slot = &accepted[accepted_count % ACCEPTED_MAX];

	if (size > sizeof(slot->data))
		return;
	memcpy(slot->data, data, size);
	slot->size = size;
	accepted_count++;
}

static size_t start_over(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	const uint32_t count = accepted_count < ACCEPTED_MAX ? accepted_count : ACCEPTED_MAX;
	const struct accepted *from = count ? &accepted[seed % count] : NULL;

	if (!from || from->size > max)
		return size;
	memcpy(data, from->data, from->size);
	return from->size;
}

/* Mostly of structure; sometimes of bytes, or into canonical form, from where it goes on. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	const void *canonical = seed % 16 == 1 ? canonicalise(data, size) : NULL;
	size_t mutated = 0;

	if (canonical && fdt_totalsize(canonical) <= max)
		return memcpy(data, canonical, fdt_totalsize(canonical)), fdt_totalsize(canonical);
	if (seed & 0x100)
		size = start_over(data, size, max, seed >> 9);
	if (seed % 16)
		mutated = tree_mutate(data, size, max, seed);
	return mutated ? mutated : LLVMFuzzerMutate(data, size, max);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second,
				 size_t second_size, uint8_t *out, size_t max, unsigned int seed)
{
	return tree_cross(first, first_size, second, second_size, out, max, seed);
}

static bool try_tree(const void *tree, size_t size)
{
	static struct guest guest;
	static bool mapped;
	const char *why;

	(mapped ? fake_stage_reuse : fake_stage_reset)(tree, size);
	mapped = true;
	if (fake_stage_run(&guest))
		return false;
	why = judge_guest(&guest);
	if (why)
		fprintf(stderr, "Linux would be given: %s\n", why);
	MUST(!why);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const void *canonical;

	if (size > MOST)
		return 0;
	if (try_tree(data, size))
		remember(data, size);
	canonical = canonicalise(data, size);
	if (canonical)
		try_tree(canonical, fdt_totalsize(canonical));
	return 0;
}
