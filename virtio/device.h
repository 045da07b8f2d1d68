/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One virtio device in use: virtio-pci, modern (1.x) or legacy (0.9.5).
 * The order of calls: virtio_open, virtio_queue for each queue used, virtio_start ... virtio_close.
 */
#ifndef VIRTIO_DEVICE_H
#define VIRTIO_DEVICE_H

#include "virtio/transport.h"

/*
 * virtio_open() - find the device's structures, reset it and agree on features.
 * @wanted: feature bits of the device's own type that the driver can use; the common ones
 *          (VERSION_1, ACCESS_PLATFORM) are taken care of here
 * Returns 0, E_VIRTIO_CONFIG, E_VIRTIO_RESET, E_VIRTIO_FEATURES, E_PCI_WINDOW or E_PCI_CONFIG; the
 * device is left closed then.
 */
int virtio_open(struct virtio *device, struct pci_bus *bus, const struct pci_function *function,
		uint64_t wanted);

/*
 * virtio_queue() - set up queue @index in @memory (RING_BYTES, a page aligned, below 16 TiB).
 * Returns 0, E_VIRTIO_QUEUE or E_VIRTIO_IOMMU.
 */
int virtio_queue(struct queue *queue, struct virtio *device, uint16_t index, void *memory);

/* The driver is ready. */
void virtio_start(struct virtio *device);

/*
 * Reset the device, take back mappings, bridges and BARs, end its bus mastering. Nothing of it
 * touches memory afterwards. Returns 0 or the first error on the way; everything is tried all the
 * same.
 */
int virtio_close(struct virtio *device);

/* Let the device reach a buffer: nothing to do for a plain one. 0 or E_VIRTIO_IOMMU. */
int virtio_map(struct virtio *device, const void *at, uint64_t size);

/* A field of the device's own configuration, 1, 2, 4 or 8 bytes. 0 or E_VIRTIO_CONFIG. */
int virtio_config(const struct virtio *device, uint32_t offset, uint32_t size, uint64_t *value);

/* Show the device what was added to the ring. */
void queue_kick(struct queue *queue);

/*
 * queue_wait() - wait for a chain to come back (lib/wait.h).
 * Returns 0, E_VIRTIO_RING or E_VIRTIO_TIMEOUT.
 */
int queue_wait(struct queue *queue, uint16_t *id, uint32_t *size);

#endif /* VIRTIO_DEVICE_H */
