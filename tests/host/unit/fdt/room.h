/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits of a tree that is full: something is missing, and they say so. */
#ifndef TESTS_UNIT_FDT_ROOM_H
#define TESTS_UNIT_FDT_ROOM_H

#include <libfdt.h>

#include "tests/host/unit/test.h"

/*
 * Edit trees of @make with more and more room, until it is enough. Before that the edit returns
 * -FDT_ERR_NOSPACE, and leaves a sound tree. @check: of a tree that was edited; NULL: none.
 * Returns that room, in steps of 4 bytes, and one step more.
 */
static inline int room_for(void *(*make)(int space), int (*edit)(void *fdt), void (*check)(const void *fdt))
{
	int space = 0, frc;

	do {
		void *fdt = make(space);

		frc = edit(fdt);
		assert_true(frc == 0 || frc == -FDT_ERR_NOSPACE);
		assert_int_equal(fdt_check_full(fdt, fdt_totalsize(fdt)), 0);
		if (frc == 0 && check)
			check(fdt);
		free(fdt);
		space += 4;
	} while (frc);
	return space;
}

#endif /* TESTS_UNIT_FDT_ROOM_H */
