/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Low memory: exceptions, of which none is expected, so each is reported and ends the boot; and other CPUs. */
#ifndef BOOT_DOORS_EXCEPTION_H
#define BOOT_DOORS_EXCEPTION_H

#include <stdint.h>

/* As boot/doors/head.S stores it. */
struct exception_frame {
	uint64_t gpr[32];
	uint64_t srr0, srr1, dar, dsisr, lr, ctr, cr, xer;
};

/* Put the vectors of the image at @image (an address) into low memory, reporting to it. */
void exceptions_install(uint64_t image);

/*
 * Send the CPUs which kexec has left in the loop at absolute 0x60 into RTAS stop-self.
 * @args: its argument block, which stays where it is
 */
void loop_leave(const void *args);

/* Where every vector ends: prints what happened and stops. */
_Noreturn void exception_report(uint64_t vector, const struct exception_frame *frame);

#endif /* BOOT_DOORS_EXCEPTION_H */
