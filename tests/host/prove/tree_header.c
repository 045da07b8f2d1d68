// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: a header that a walk accepts: its blocks lie inside the tree, strings end, and nothing
 *     outside is read to find out; a walk from a node begins at one, behind its name
 * bounds: every tree of up to 88 bytes
 * sources: fdt/walk.c fdt/libfdt.c
 * defines: FDT_ASSUME_MASK=0x24
 * cbmc: --unwind 8 --unwindset memchr.0:50,main.0:50 --slice-formula
 * run: all
 */
#include <libfdt.h>

#include "fdt/walk.h"
#include "lib/endian.h"
#include "tests/host/prove/prove.h"

#define TREE 88

static uint8_t tree[TREE];

static bool lies_inside(const void *at, uint64_t size, const uint8_t *fdt, uint64_t bytes)
{
	return (const uint8_t *)at >= fdt && size <= bytes &&
	       (uint64_t)((const uint8_t *)at - fdt) <= bytes - size;
}

static void check_walk(const struct dt_walk *walk, const uint8_t *fdt, uint64_t bytes)
{
	claim(lies_inside(walk->structure, walk->end, fdt, bytes));
	claim(lies_inside(walk->strings, walk->strings_size, fdt, bytes));
	claim(walk->strings_size == 0 || walk->strings[walk->strings_size - 1] == '\0');
}

int main(void)
{
	uint64_t bytes = any64();
	int node = (int)any32();
	struct dt_walk walk;
	uint8_t *fdt;

	given(bytes >= sizeof(struct fdt_header) && bytes <= TREE);
	fdt = any_bytes(tree, bytes);
	if (dt_walk_start(&walk, fdt, bytes))
		return 0;
	check_walk(&walk, fdt, bytes);
	claim(walk.at == 0 && walk.depth == -1 && !walk.rooted && !walk.open);
	claim((uintptr_t)(walk.structure - fdt) % 4 == 0);
	if (dt_walk_node(&walk, fdt, node))
		return 0;
	check_walk(&walk, fdt, bytes);
	claim(node >= 0 && walk.node == node && walk.rooted && walk.open);
	claim(be32_load(walk.structure + node) == FDT_BEGIN_NODE);
	claim(walk.depth == (node ? 1 : 0) && walk.at > (uint32_t)node && walk.at <= walk.end + 3);
	claim(walk.name == (const char *)walk.structure + node + 4);
	for (const char *at = walk.name; *at; at++)	/* ends, inside */
		claim(lies_inside(at + 1, 1, walk.structure, walk.end));
	return 0;
}
