/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Low memory: exceptions, of which none is expected, so each is reported and ends the boot; and
 * other CPUs.
 */
#ifndef BOOT_DOORS_VECTORS_H
#define BOOT_DOORS_VECTORS_H

#include <stdint.h>

/* Put the vectors of the image at @image (an address) into low memory, reporting to it. */
void exceptions_install(uint64_t image);

/*
 * The same in the secure world, where the first instructions have made low memory safe to enter at
 * any point: 0 to 0x2000 holds nothing of the host's.
 */
void exceptions_install_secure(void);

/*
 * Send the CPUs which kexec has left in the loop at absolute 0x60 into RTAS stop-self.
 * @args: its argument block, which stays where it is
 */
void kexec_loop_leave(const void *args);

#endif /* BOOT_DOORS_VECTORS_H */
