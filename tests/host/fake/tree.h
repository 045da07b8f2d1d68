/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device trees of tests/host/data, compiled by make. */
#ifndef TESTS_FAKE_TREE_H
#define TESTS_FAKE_TREE_H

#include <stddef.h>

/*
 * Read build/tests/host/data/NAME.dtb into memory of exactly its size plus @space, so that ASan sees each
 * access past it. The caller frees it. Ends the program where there is none.
 */
void *tree_read(const char *name, size_t space);

#endif /* TESTS_FAKE_TREE_H */
