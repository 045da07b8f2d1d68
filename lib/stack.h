/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lowest bytes of a stack. tools/stack shows that no path gets there; in real mode nothing
 * would stop one that does, and what lies below is our own data. So whoever goes on looks first.
 */
#ifndef LIB_STACK_H
#define LIB_STACK_H

#include <stdbool.h>
#include <stdint.h>

#define STACK_GUARD 4			/* doublewords */
#define STACK_MARK  0x57ac57acUL		/* not zero, no address of ours */

static inline void stack_mark(volatile uint64_t *bottom)
{
	for (int i = 0; i < STACK_GUARD; i++)
		bottom[i] = STACK_MARK;
}

static inline bool stack_is_whole(const volatile uint64_t *bottom)
{
	for (int i = 0; i < STACK_GUARD; i++)
		if (bottom[i] != STACK_MARK)
			return false;
	return true;
}

#endif /* LIB_STACK_H */
