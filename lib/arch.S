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

FUNCTION(msr_is_secure)
	mfmsr	r3
	rldicl	r3, r3, 42, 63	/* MSR_S */
	blr
END(msr_is_secure)

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

/*
 * void cache_sync(void *at, size_t size)
 * Since POWER4 instruction caches follow stores (Linux CPU_FTR_COHERENT_ICACHE): an icbi to any
 * address makes this CPU drop what it has prefetched (arch/powerpc/mm/cacheflush.c).
 */
FUNCTION(cache_sync)
	sync
	icbi	0, r3
	sync
	isync
	blr
END(cache_sync)
