/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio structures of a modern device, as its PCI capabilities name them (virtio 1.2, 4.1.4).
 */
#ifndef VIRTIO_CAPS_H
#define VIRTIO_CAPS_H

#include <stdbool.h>

#include "virtio/bus.h"

/* A structure: [offset, offset + size) of a BAR; size 0 where the device has none. */
struct virtio_cap {
	uint32_t bar, offset, size;
};

struct virtio_caps {
	struct virtio_cap common, notify, device;
	uint32_t multiplier;		/* of a queue's place in notify, bytes */
};

/*
 * caps_find() - walk the capability list, once around at most.
 * @modern: false when there is no common structure: the device is a legacy one
 * The first structure of a kind counts. Returns 0, E_VIRTIO_CONFIG (list in a circle, or pointing
 * into the header; structure outside its BAR or too small) or E_PCI_CONFIG.
 */
int caps_find(struct virtio_caps *caps, const struct pci_function *function, bool *modern);

#endif /* VIRTIO_CAPS_H */
