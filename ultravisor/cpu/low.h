/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L1's first 64 KiB, as ultravisor/cpu/head.S and C share it: vectors, the doublewords by which
 * they find the image, and a page through which RTAS buffers and TCE lists bounce, because RTAS
 * takes 32-bit addresses and the image may lie above 4 GiB. Who uses it holds smp_lock().
 */
#ifndef ULTRAVISOR_CPU_LOW_H
#define ULTRAVISOR_CPU_LOW_H

#define LOW_WORDS	0x20
#define LOW_TOC		0x20
#define LOW_STACKS	0x28
#define LOW_START	0x30
#define LOW_PANIC	0x38
#define LOW_PANIC_STACK 0x40
#define LOW_NMI_STUB	0x180
#define LOW_CPU_ENTRY	0x1100
#define LOW_BOUNCE	0x2000
#define LOW_TERM_TEXT	0x3000		/* of ibm,os-term */
#define BOUNCE_SIZE	0x1000
#define LOW_END		0x10000

#define CPU_STACK_SHIFT 14
#define VCPU_NMI	0		/* offset in struct vcpu */

#ifndef __ASSEMBLER__
#include <stdint.h>

/*
 * Fill the doublewords, and replace the entry at 0x100 by the NMI stub. @start: where further CPUs
 * begin, each with its index.
 */
void low_install(void (*start)(uint64_t index));

/* The lowest address of a CPU's stack; that of the first is linker/ultravisor.lds's. */
uint64_t *low_stack(uint32_t index);
#endif

#endif /* ULTRAVISOR_CPU_LOW_H */
