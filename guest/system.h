/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the program wants of Linux and of the ultravisor: the seam that host tests replace. There
 * is no C library: the program has to run in any initramfs.
 */
#ifndef GUEST_SYSTEM_H
#define GUEST_SYSTEM_H

#include <stdint.h>

#include "guest/linux.h"

/*
 * UV_ESMB_GET_FILE at @offset. @words: in, the file's name (r5..r12); out, its bytes (r4..r11).
 * Byte 0 is the most significant of word 0, in either byte order (open-power/ultravisor
 * core/uvcall.c:816). Returns r3.
 */
int64_t esmb_get_file(uint64_t offset, uint64_t words[8]);

/* A system call. Returns a result, or minus an errno. */
int64_t linux_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

#endif /* GUEST_SYSTEM_H */
