/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device and a queue of it, and what modern and legacy devices do differently. virtio/device.c
 * chooses.
 */
#ifndef VIRTIO_TRANSPORT_H
#define VIRTIO_TRANSPORT_H

#include "virtio/bars.h"
#include "virtio/caps.h"
#include "virtio/iommu.h"
#include "virtio/ring.h"

struct virtio {
	const struct pci_function *function;
	struct pci_access access;
	struct virtio_caps caps;
	bool modern;
	/* real address: legacy registers, or the common structure */
	uint64_t base;
	uint64_t features;		/* agreed on */
	struct iommu iommu;
};

struct queue {
	struct virtio *device;
	uint16_t index;
	uint64_t notify;		/* real address */
	uint32_t patience;		/* seconds without an answer; over WAIT_SECONDS: said */
	uint64_t polls;			/* turns of queue_wait() in which nothing had come */
	struct ring ring;
};

struct transport {
	uint32_t (*get_status)(const struct virtio *device);
	void (*set_status)(const struct virtio *device, uint32_t status);
	uint64_t (*get_features)(const struct virtio *device);
	void (*set_features)(const struct virtio *device, uint64_t features);
	/* Select a queue; its size, 0 where there is none. */
	uint32_t (*select_queue)(const struct virtio *device, uint16_t index);
	/* Give the selected queue the ring and find where it is notified. 0 or E_VIRTIO_QUEUE. */
	int (*set_queue)(struct queue *queue);
	/* One access to the device's configuration, in the CPU's byte order. */
	uint32_t (*config)(const struct virtio *device, uint32_t offset, uint32_t size);
	bool high_first;	/* order of the halves of 8 bytes of configuration */
};

#endif /* VIRTIO_TRANSPORT_H */
