/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What C cannot say about the machine. Implemented in lib/arch.S on the target; host tests
 * bring their own in tests/host/fake/.
 */
#ifndef LIB_ARCH_H
#define LIB_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Time base register (mftb): counts at the cpu's timebase-frequency from machine start. */
uint64_t timebase(void);

/* That of every POWER server, and QEMU's: hw/ppc/spapr.c SPAPR_TIMEBASE_FREQ. */
#define TIMEBASE_HZ 512000000UL

/* Machine state register and processor version register. */
uint64_t msr_read(void);
uint64_t pvr_read(void);

/* MSR[S], in the form that the ultravisor recognises, as `lis` (ultravisor/text/msr.h). */
bool msr_is_secure(void);

/* r2, the table of contents of the image (ELFv2 ABI 2.3.2). */
uint64_t toc_pointer(void);

/* A true random number, or UINT64_MAX when there is none (darn, Power ISA 3.0 section 3.3.9). */
uint64_t darn(void);

/* Make what was just stored at [@at, @at + @size) visible to instruction fetch. */
void cache_sync(void *at, size_t size);

#endif /* LIB_ARCH_H */
