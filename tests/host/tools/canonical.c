// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * canonical TREE.dtb...: trees of platforms as step 4 makes them canonical and step 5 reads them.
 * Prints for each how many bytes it has then and what step 5 takes from it, or why it is refused;
 * ends with status 1 if one is. What step 4 writes into a tree itself is made up.
 */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#include "boot/handover.h"
#include "boot/normal/tree_canonical.h"
#include "boot/secure/tree_canonical.h"
#include "fdt/edit.h"
#include "fdt/read.h"
#include "lib/error.h"

static uint8_t tree[TREE_SPACE] __attribute__((aligned(8)));
static uint8_t spare[TREE_SPACE] __attribute__((aligned(8)));
static uint8_t scrap[SCRAP_SPACE] __attribute__((aligned(8)));

static void read_tree(const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file || fread(tree, 1, sizeof(tree), file) == 0) {
		perror(path);
		exit(2);
	}
	fclose(file);
}

/* boot/normal/tree.c and an initrd, which an ultravisor demands */
static int add_ours(void)
{
	static const fdt64_t kernel[2] = { 0, 0 };
	int chosen = fdt_path_offset(tree, "/chosen"), frc;

	frc = fdt_setprop(tree, chosen, DT_KERNEL, kernel, sizeof(kernel));
	if (frc == 0 && !fdt_getprop(tree, chosen, "bootargs", NULL))
		frc = fdt_setprop_string(tree, chosen, "bootargs", "");
	if (frc == 0)
		frc = fdt_setprop_u32(tree, fdt_path_offset(tree, "/rtas"), "linux,rtas-base", 0x2fff0000);
	if (frc == 0)
		frc = fdt_setprop_u32(tree, fdt_path_offset(tree, "/rtas"), "linux,rtas-entry", 0x2fff0000);
	return frc ? frc : fdt_setprop_u32(tree, fdt_path_offset(tree, "/rtas"), "slof,rtas-size", 20);
}

static int try_tree(const char *path)
{
	struct home home = { .tree = tree, .spare = spare, .scrap = scrap };
	struct guest guest = { 0 };
	int rc;

	read_tree(path);
	if (dt_check(tree, sizeof(tree)) || dt_open(tree, sizeof(tree)) || add_ours()) {
		printf("%s: no tree of a pseries machine\n", path);
		return 1;
	}
	rc = tree_canonicalise(&home);
	guest.tree = home.tree;
	if (rc == 0)
		rc = tree_read_canonical(&guest);
	if (rc) {
		printf("%s: E%d %s\n", path, rc, error_text());
		return 1;
	}
	printf("%s: bytes=%u", path, fdt_totalsize(home.tree));
	for (size_t i = 0; i < guest.memory.count; i++)
		printf(" memory=0x%lx-0x%lx", guest.memory.item[i].start, guest.memory.item[i].end);
	printf(" bootargs=%s\n", guest.bootargs);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++)
		status |= try_tree(argv[i]);
	return status;
}
