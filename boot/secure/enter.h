/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_SECURE_ENTER_H
#define BOOT_SECURE_ENTER_H

#include <stdint.h>

/*
 * Leave for the kernel: r3 = tree, r4 = kernel, r5 = 0 (kexec-style entry, no Open Firmware),
 * 64-bit big-endian real mode; kernels fix their endian themselves. Source: Linux
 * arch/powerpc/kernel/head_64.S "Entry point".
 */
_Noreturn void enter_kernel(const void *tree, uint64_t kernel);

#endif /* BOOT_SECURE_ENTER_H */
