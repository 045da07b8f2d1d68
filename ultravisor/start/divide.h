/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Divides memory: normal memory of the guest, the ultravisor, secure memory of the guest. */
#ifndef ULTRAVISOR_START_DIVIDE_H
#define ULTRAVISOR_START_DIVIDE_H

#include <stdint.h>

/* Divide what QEMU's tree offers, into machine. Stops with E_UV_TREE or E_UV_MEMORY. */
void divide_memory(const void *tree);

/* Bytes of the image, with bss and stack. */
uint64_t image_footprint(void);

/* Allocate tables and workspaces in the ultravisor's part. Stops with E_UV_MEMORY. */
void divide_own(void);

#endif /* ULTRAVISOR_START_DIVIDE_H */
