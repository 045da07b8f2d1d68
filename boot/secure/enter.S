/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/asm.h"

/* void enter_kernel(tree, kernel): r3 and r4 already hold what the kernel wants there */
FUNCTION(enter_kernel)
	mtctr	r4
	li	r5, 0
	li	r6, 0
	li	r7, 0
	li	r8, 0
	li	r9, 0
	bctr
END(enter_kernel)
