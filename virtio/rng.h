/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-rng (virtio 1.2, 5.4): one queue, buffers come back filled with random bytes. */
#ifndef VIRTIO_RNG_H
#define VIRTIO_RNG_H

#include "virtio/device.h"

#define RNG_MAX   256UL
#define RNG_MEMORY (RING_BYTES + RNG_MAX)

/*
 * rng_read() - open a VIRTIO_ID_RNG function, read, close.
 * @memory: RNG_MEMORY bytes, a page aligned
 * @bytes:  @size at most RNG_MAX
 * Returns 0 or an error of virtio/device.h; E_VIRTIO_RING if it gives none.
 */
int rng_read(struct virtio *device, struct queue *queue, struct pci_bus *bus,
	     const struct pci_function *function, void *memory, uint8_t *bytes, uint32_t size);

#endif /* VIRTIO_RNG_H */
