/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few instructions that C cannot express. Plain ELFv2 functions: arguments from r3 on,
 * result in r3; r0 and r3..r12 are volatile.
 */
#include "abi/power.h"
#include "lib/asm.h"

/*
 * int64_t hcall(uint64_t number, const uint64_t in[9], uint64_t out[9])
 *	r3 number, r4 in, r5 out or NULL. `out` survives the call in a stack slot, since the
 *	hypervisor may change r0 and r3..r12 (LoPAR 14.5.1).
 */
FUNCTION(hcall)
	std	r5, -8(r1)
	mr	r11, r4
	ld	r4, 0(r11)
	ld	r5, 8(r11)
	ld	r6, 16(r11)
	ld	r7, 24(r11)
	ld	r8, 32(r11)
	ld	r9, 40(r11)
	ld	r10, 48(r11)
	ld	r12, 64(r11)
	ld	r11, 56(r11)
	sc	1
	ld	r0, -8(r1)
	cmpdi	r0, 0
	beqlr
	std	r4, -16(r1)
	mr	r4, r0
	ld	r0, -16(r1)
	std	r0, 0(r4)
	std	r5, 8(r4)
	std	r6, 16(r4)
	std	r7, 24(r4)
	std	r8, 32(r4)
	std	r9, 40(r4)
	std	r10, 48(r4)
	std	r11, 56(r4)
	std	r12, 64(r4)
	blr
END(hcall)

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
