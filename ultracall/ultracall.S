/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * int64_t ultracall(uint64_t number, uint64_t a, uint64_t b)
 * Arguments are where the ultravisor wants them. r4..r12 and CR come back changed; the
 * non-volatile ones are kept (open-power/ultravisor core/uvcall.c:338-405).
 */
#include "lib/asm.h"

FUNCTION(ultracall)
	.long	0x44000042		/* sc 2 */
	blr
END(ultracall)
