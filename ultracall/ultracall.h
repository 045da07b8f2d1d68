/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ultracall: the one `sc 2` of the tree (ultracall/ultracall.S), a seam that host tests
 * replace.
 */
#ifndef ULTRACALL_ULTRACALL_H
#define ULTRACALL_ULTRACALL_H

#include <stdint.h>

/*
 * ultracall() - call the ultravisor.
 * @number: UV_* (r3)   @a, @b: r4, r5
 * Returns r3, a U_* code. Where no ultravisor takes the call, the 0xC00 vector of boot/doors/head.S
 * answers U_FUNCTION. UV_ESM does not return when it works.
 * Source: Linux Documentation/arch/powerpc/ultravisor.rst "Ultracalls".
 */
int64_t ultracall(uint64_t number, uint64_t a, uint64_t b);

#endif /* ULTRACALL_ULTRACALL_H */
