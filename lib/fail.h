/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one way to stop, for whoever cannot go on. */
#ifndef LIB_FAIL_H
#define LIB_FAIL_H

#include "lib/error.h"

/*
 * Stop: print "FAIL N/7 step Exxx what: text", the hint and "EXIT xxx", then power off (or stay,
 * if stop_hold() was called).
 */
_Noreturn void fail(int number);

/* Our own bug, never for input. */
#define check(condition)                                              \
	do {                                                          \
		if (!(condition))                                     \
			check_failed(__FILE__, __LINE__, #condition); \
	} while (0)

_Noreturn void check_failed(const char *file, int line, const char *condition);

#endif /* LIB_FAIL_H */
