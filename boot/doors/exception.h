/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An exception: none is expected, so each is reported and ends the boot. */
#ifndef BOOT_DOORS_EXCEPTION_H
#define BOOT_DOORS_EXCEPTION_H

#include <stdint.h>

/* As boot/doors/head.S stores it. */
struct exception_frame {
	uint64_t gpr[32];
	uint64_t srr0, srr1, dar, dsisr, lr, ctr, cr, xer;
};

/* Where every vector of the normal world ends: prints what happened and stops. */
_Noreturn void exception_report(uint64_t vector, const struct exception_frame *frame);

/*
 * The same of the secure world. The host reads the console and can choose the moment: it sees no
 * register, and @srr0 as an offset in the image.
 */
_Noreturn void exception_report_secure(uint64_t vector, uint64_t srr0);

#endif /* BOOT_DOORS_EXCEPTION_H */
