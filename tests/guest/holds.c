// SPDX-License-Identifier: GPL-2.0-or-later
/* A program that holds a secret where programs hold what they work with, in registers: in all that an interrupt may leave there. */
#include "tests/guest/pefkernel/user.h"

#define SECRET	0x5ec7e7005ec7e700	/* as tests/machine/test_sealed_hostile.py looks for it */

_Noreturn void begin(const long *stack)
{
	(void)stack;
	say("hostile: holds a secret\n");
	__asm__ volatile("mr 14,%0; mr 15,%0; mr 16,%0; mr 17,%0; mr 18,%0; mr 19,%0; mr 20,%0; mr 21,%0; mr 22,%0\n"
			 "mr 23,%0; mr 24,%0; mr 25,%0; mr 26,%0; mr 27,%0; mr 28,%0; mr 29,%0; mr 30,%0; mr 31,%0\n"
			 "0: b 0b" : : "r"(SECRET));
	__builtin_unreachable();
}
