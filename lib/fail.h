/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors. A function that can fail returns 0 or a number of abi/steps.h, made by error(), which
 * also keeps the sentence that belongs to it. Whoever cannot go on calls fail(): the one way to stop.
 */
#ifndef LIB_FAIL_H
#define LIB_FAIL_H

#include "abi/steps.h"

/* Keep what happened, in words, for fail(); returns @number. The newest error counts. */
int error(int number, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What the newest error() said; "" if nothing. */
const char *error_text(void);

/*
 * The words of every number that an image can raise, which it brings itself (boot/errors.c, ultravisor/errors.c):
 * ERROR_WORDS of a list, one after the other.
 */
extern const char error_texts[];
#define ERROR_WORDS(number, name, what, hint) #number what "\0" hint "\0"

/* The short text and the advice of a number; "?" where there is none. */
const char *error_what(int number);
const char *error_hint(int number);

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
