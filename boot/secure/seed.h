/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers of the CPU's for the kernel: the host's are no secret to the host. */
#ifndef BOOT_SECURE_SEED_H
#define BOOT_SECURE_SEED_H

#include <stdbool.h>
#include <stdint.h>

#define SEED_SIZE 32	/* bytes, as QEMU has them */

/* A seed; false, and a line in the log, where the CPU gives none. */
bool seed_make(uint8_t seed[SEED_SIZE]);

#endif /* BOOT_SECURE_SEED_H */
