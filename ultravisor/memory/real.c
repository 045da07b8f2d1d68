// SPDX-License-Identifier: GPL-2.0-or-later
/* L1 runs in real mode: an address is a pointer, even 0. */
#include "ultravisor/memory/machine.h"

void *real(uint64_t ra)
{
	__asm__("" : "+r"(ra));
	return (void *)ra;
}
