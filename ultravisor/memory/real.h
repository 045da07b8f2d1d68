/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real memory. Implemented in real.S on the target; host tests have an arena in tests/host/fake/.
 */
#ifndef ULTRAVISOR_MEMORY_REAL_H
#define ULTRAVISOR_MEMORY_REAL_H

#include <stdint.h>

/* The memory at real address @ra, which may be 0. */
void *real(uint64_t ra);

/* Zero @size bytes, whole 4 KiB pages, by dcbz: QEMU's fastest way. */
void real_zero(uint64_t ra, uint64_t size);

#endif /* ULTRAVISOR_MEMORY_REAL_H */
