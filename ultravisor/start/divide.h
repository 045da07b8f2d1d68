/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who gets which memory: the guest, the ultravisor, and the guest again for its secure half. */
#ifndef ULTRAVISOR_START_DIVIDE_H
#define ULTRAVISOR_START_DIVIDE_H

#include <stdint.h>

/* Divide the memory of QEMU's tree, into machine. Stops with E_UV_TREE or E_UV_MEMORY. */
void divide_memory(const void *tree);

/* Bytes that the image takes, with bss and stack. */
uint64_t image_footprint(void);

/* Tables and workspaces, from the ultravisor's part. Stops with E_UV_MEMORY. */
void divide_own(void);

#endif /* ULTRAVISOR_START_DIVIDE_H */
