/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ULTRAVISOR_MAIN_H
#define ULTRAVISOR_MAIN_H

#include <stdint.h>

/* From cpu/head.S: QEMU's entry, and again, with @moved, in the copy of the image that stays. */
_Noreturn void uv_start(const void *tree, uint64_t image, uint64_t moved);

#endif /* ULTRAVISOR_MAIN_H */
