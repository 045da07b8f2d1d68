/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device registers: a seam, host tests bring their own. In real mode a guest cannot make its own
 * accesses cache-inhibited (real-mode accesses go through the virtual real mode area, whose pages
 * are cacheable; the lwzcix kind is for hypervisors), so the hypervisor makes them:
 * H_LOGICAL_CI_LOAD and _STORE (LoPAR 14.5.4.7).
 */
#ifndef VIRTIO_MMIO_H
#define VIRTIO_MMIO_H

#include <stdint.h>

/*
 * @size is 1, 2 or 4 bytes; values as a little-endian device has them. A load that fails reads as
 * all ones.
 */
uint32_t mmio_read(uint64_t address, uint32_t size);
void mmio_write(uint64_t address, uint32_t size, uint32_t value);

#endif /* VIRTIO_MMIO_H */
