/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ULTRAVISOR_CPU_HEAD_H
#define ULTRAVISOR_CPU_HEAD_H

#include <stdint.h>

/* Copy the image to @to and enter it again there, at uv_start(). */
_Noreturn void move_image(uint64_t to, const void *tree);

#endif /* ULTRAVISOR_CPU_HEAD_H */
