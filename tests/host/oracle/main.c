// SPDX-License-Identifier: GPL-2.0-or-later
/* oracle 6.12|7.2 TREE.dtb...: what Linux makes of flattened trees; an empty line after each. */
#include <stdlib.h>
#include <string.h>

#include "tests/host/oracle/linux_tree.h"

static void *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t room = 0;

	if (!file) {
		perror(path);
		exit(2);
	}
	for (*size = 0; !feof(file); *size += fread(data + *size, 1, room - *size, file)) {
		room = *size + 65536;
		data = realloc(data, room);
		if (!data)
			exit(2);
	}
	fclose(file);
	return data;
}

int main(int argc, char **argv)
{
	static struct linux_tree tree;
	static struct flat flat;
	size_t size;

	if (argc < 3 || (strcmp(argv[1], "6.12") && strcmp(argv[1], "7.2"))) {
		fprintf(stderr, "usage: oracle 6.12|7.2 TREE.dtb...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		void *blob = read_file(argv[i], &size);

		flat_read(&flat, blob, size);
		linux_read(&tree, &flat, strcmp(argv[1], "7.2") ? LINUX_6_12 : LINUX_7_2);
		linux_dump(&tree, &flat, stdout);
		putchar('\n');
		free(blob);
	}
	return 0;
}
