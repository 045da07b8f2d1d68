/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between ultravisor/cpu/head.S and C. */
#ifndef ULTRAVISOR_CPU_START_H
#define ULTRAVISOR_CPU_START_H

#include <stdint.h>

/* QEMU's entry, and again in the copy of the image that stays. */
_Noreturn void uv_start(const void *tree, uint64_t image, uint64_t moved);
_Noreturn void move_image(uint64_t to, const void *tree);

/* A further CPU, by its index. */
_Noreturn void cpu_start(uint64_t index);

/* An exception in L1 that nobody expects. */
_Noreturn void panic(uint64_t vector, uint64_t srr0, uint64_t srr1, uint64_t dar, uint64_t dsisr,
		     uint64_t lr, uint64_t r1);

#endif /* ULTRAVISOR_CPU_START_H */
