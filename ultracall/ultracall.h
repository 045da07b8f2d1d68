/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ultracall: the one `sc 2` of the tree (ultracall/ultracall.S), a seam that host tests
 * replace.
 */
#ifndef ULTRACALL_ULTRACALL_H
#define ULTRACALL_ULTRACALL_H

#include <stdint.h>

#include "abi/pef.h"

/*
 * ultracall() - call the ultravisor.
 * @number: UV_* (r3)   @a, @b: r4, r5
 * Returns r3, a U_* code. Where no ultravisor takes the call, the 0xC00 vector of boot/doors/head.S
 * answers U_FUNCTION. UV_ESM does not return when it works.
 * Source: Linux Documentation/arch/powerpc/ultravisor.rst "Ultracalls".
 */
int64_t ultracall(uint64_t number, uint64_t a, uint64_t b);

enum answer { ANSWER_YES, ANSWER_NO, ANSWER_NONE };

/*
 * ultracall_answer() - what @urc, returned by a call @number about pages, says.
 * @number: UV_SHARE_PAGE, UV_UNSHARE_PAGE or UV_UNSHARE_ALL_PAGES
 * Returns ANSWER_YES (done), ANSWER_NO (refused, @urc says why), or ANSWER_NONE: done or refused,
 * nobody says which. The published ultravisor goes back from these calls with r3 as it was, the
 * number, after U_SUCCESS and U_P2 alike (open-power/ultravisor core/uvcall.c:582-620,
 * core/context.c ctx_end_context()); what it refuses before arrives. No U_* code is a number of a
 * call. r3 is the ultravisor's: a host cannot take an answer away.
 */
static inline enum answer ultracall_answer(uint64_t number, int64_t urc)
{
	if (urc == U_SUCCESS)
		return ANSWER_YES;
	return (uint64_t)urc == number ? ANSWER_NONE : ANSWER_NO;
}

#endif /* ULTRACALL_ULTRACALL_H */
