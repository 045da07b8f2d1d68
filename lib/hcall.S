/* SPDX-License-Identifier: GPL-2.0-or-later */
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
