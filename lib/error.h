/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors. A function that can fail returns 0 or a number of abi/steps.h, made by error(), which
 * also keeps the sentence that belongs to it. Whoever cannot go on calls fail() (lib/fail.h).
 */
#ifndef LIB_ERROR_H
#define LIB_ERROR_H

#include "abi/steps.h"

/* Keep what happened, in words, for fail(); returns @number. The newest error counts. */
int error(int number, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What the newest error() said; "" if nothing. */
const char *error_text(void);

/*
 * The words of every number that an image can raise, which it brings itself (boot/errors.c,
 * ultravisor/errors.c): ERROR_WORDS of a list, one after the other.
 */
extern const char error_texts[];
#define ERROR_WORDS(number, name, what, hint) #number what "\0" hint "\0"

/* The short text and the advice of a number; "?" where there is none. */
const char *error_what(int number);
const char *error_hint(int number);

#endif /* LIB_ERROR_H */
