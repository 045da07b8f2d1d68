/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi/power.h"
#include "lib/asm.h"

/*
 * void *real(uint64_t ra): L1 runs in real mode, where an address is a pointer; 0, too, unlike in C
 */
FUNCTION(real)
	blr
END(real)

/* void real_zero(uint64_t ra, uint64_t size) */
FUNCTION(real_zero)
	srdi	r4, r4, 7
	mtctr	r4
1:	dcbz	0, r3
	addi	r3, r3, CACHE_BLOCK
	bdnz	1b
	blr
END(real_zero)
