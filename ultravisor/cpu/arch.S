/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What C cannot say about L1. */
#include "abi/papr.h"
#include "abi/power.h"
#include "lib/asm.h"

FUNCTION(park)
	lis	r3, 0x7fff
	mtspr	SPR_DEC, r3
	b	cede
END(park)

/* void cede(void): H_CEDE sets EE, which 0x500 and 0x900 clear again; H_PROD does not */
FUNCTION(cede)
	mflr	r0
	std	r0, 16(r1)
	stdu	r1, -32(r1)
	li	r3, H_CEDE
	sc	1
	li	r0, 0
	mtmsrd	r0, 1
	addi	r1, r1, 32
	ld	r0, 16(r1)
	mtlr	r0
	blr
END(cede)

FUNCTION(vcpu_pointer_set)
	mtsprg	3, r3
	blr
END(vcpu_pointer_set)

FUNCTION(vcpu_pointer)
	mfsprg	r3, 3
	blr
END(vcpu_pointer)

FUNCTION(dar_set)
	mtspr	SPR_DAR, r3
	blr
END(dar_set)

FUNCTION(dsisr_set)
	mtspr	SPR_DSISR, r3
	blr
END(dsisr_set)
