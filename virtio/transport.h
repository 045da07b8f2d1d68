/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What modern and legacy devices do differently; virtio/device.c chooses. */
#ifndef VIRTIO_TRANSPORT_H
#define VIRTIO_TRANSPORT_H

#include "virtio/device.h"

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

extern const struct transport transport_modern, transport_legacy;

#endif /* VIRTIO_TRANSPORT_H */
