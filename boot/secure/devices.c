// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/devices.h"

/*
 * Virtio 1.2, 4.1.2.1 and 5: transitional 0x1000 to 0x103f by kind of old, modern 0x1040 and the
 * device's number.
 */
#define VIRTIO_VENDOR 0x1af4
#define VIRTIO_MODERN 0x1040

static const uint16_t virtio_devices[] = {
	0x1000, VIRTIO_MODERN + 1,	/* net */
	0x1001, VIRTIO_MODERN + 2,	/* blk */
	0x1003, VIRTIO_MODERN + 3,	/* console */
	0x1005, VIRTIO_MODERN + 4,	/* rng */
	0x1004, VIRTIO_MODERN + 8,	/* scsi */
	0x1009, VIRTIO_MODERN + 9,	/* 9p */
	0x1012, VIRTIO_MODERN + 19,	/* vsock */
};

/* pci-bridge of QEMU: docs/specs/pci-ids.rst */
#define BRIDGE_VENDOR 0x1b36
#define BRIDGE_DEVICE 0x0001

bool device_is_allowed(const struct options *options, const struct node *node)
{
	const uint32_t vendor = node_cell(node, PCI_VENDOR, 0);
	const uint32_t device = node_cell(node, PCI_DEVICE, 0);

	if (node_is_bridge(node) && vendor == BRIDGE_VENDOR && device == BRIDGE_DEVICE)
		return true;
	for (size_t i = 0; i < sizeof(virtio_devices) / sizeof(virtio_devices[0]); i++)
		if (vendor == VIRTIO_VENDOR && device == virtio_devices[i])
			return true;
	for (uint32_t i = 0; i < options->devices; i++)
		if (options->device[i].vendor == vendor && options->device[i].device == device)
			return true;
	return false;
}
