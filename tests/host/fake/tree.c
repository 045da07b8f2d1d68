// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/fake/tree.h"

#include <stdio.h>
#include <stdlib.h>

void *tree_read(const char *name, size_t space)
{
	const char *build = getenv("PEFBOOT_BUILD");
	char path[4096];
	size_t size;
	void *tree;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/host/data/%s.dtb", build ? build : "build", name);
	file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(2);
	}
	fseek(file, 0, SEEK_END);
	size = (size_t)ftell(file);
	rewind(file);
	tree = malloc(size + space);
	if (!tree || fread(tree, 1, size, file) != size)
		exit(2);
	fclose(file);
	return tree;
}
