// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/devices.h"

#include "abi/virtio.h"

/*
 * Transitional, numbered by themselves, and modern: virtio 1.2, 4.1.2.1. And the class that QEMU
 * gives it (hw/virtio/virtio-*-pci.c): none for which Linux has a driver, whoever made the device.
 */
static const struct {
	uint16_t id[2];
	uint16_t class;
} virtio_devices[] = {
	{ { 0x1000, VIRTIO_PCI_DEVICE_MODERN + VIRTIO_ID_NET }, 0x0200 },
	{ { 0x1001, VIRTIO_PCI_DEVICE_MODERN + VIRTIO_ID_BLOCK }, 0x0100 },
	{ { 0x1003, VIRTIO_PCI_DEVICE_MODERN + VIRTIO_ID_CONSOLE }, 0x0780 },
	{ { 0x1005, VIRTIO_PCI_DEVICE_MODERN + VIRTIO_ID_RNG }, 0x00ff },
	{ { 0x1004, VIRTIO_PCI_DEVICE_MODERN + VIRTIO_ID_SCSI }, 0x0100 },
	{ { 0x1009, VIRTIO_PCI_DEVICE_MODERN + VIRTIO_ID_9P }, 0x0002 },
	{ { 0x1012, VIRTIO_PCI_DEVICE_MODERN + VIRTIO_ID_VSOCK }, 0x0780 },
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
		if (vendor == VIRTIO_PCI_VENDOR &&
		    (device == virtio_devices[i].id[0] || device == virtio_devices[i].id[1]) &&
		    node_cell(node, PCI_CLASS, 0) == (uint32_t)virtio_devices[i].class << 8)
			return true;
	for (uint32_t i = 0; i < options->devices; i++)
		if (options->device[i].vendor == vendor && options->device[i].device == device)
			return true;
	return false;
}
