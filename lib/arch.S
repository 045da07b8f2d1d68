/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few instructions that C cannot express. Plain ELFv2 functions: arguments from r3 on,
 * result in r3; r0 and r3..r12 are volatile.
 */
#include "abi/power.h"
#include "lib/asm.h"

FUNCTION(timebase)
	mftb	r3
	blr
END(timebase)

FUNCTION(msr_read)
	mfmsr	r3
	blr
END(msr_read)

FUNCTION(pvr_read)
	mfpvr	r3
	blr
END(pvr_read)

FUNCTION(toc_pointer)
	mr	r3, r2
	blr
END(toc_pointer)

FUNCTION(darn)
	.long	0x7c6105e6	/* darn r3, 1: 64 bits, conditioned */
	blr
END(darn)

/* void cache_sync(void *at, size_t size) */
FUNCTION(cache_sync)
	add	r4, r3, r4
	li	r5, -CACHE_BLOCK
	and	r3, r3, r5
	mr	r5, r3
1:	cmpld	r5, r4
	bge	2f
	dcbst	0, r5
	addi	r5, r5, CACHE_BLOCK
	b	1b
2:	sync
3:	cmpld	r3, r4
	bge	4f
	icbi	0, r3
	addi	r3, r3, CACHE_BLOCK
	b	3b
4:	sync
	isync
	blr
END(cache_sync)
