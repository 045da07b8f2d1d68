// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/modern.h"

#include "abi/virtio.h"
#include "lib/error.h"
#include "virtio/mmio.h"

static uint32_t get_status(const struct virtio *device)
{
	return mmio_read(device->base + VIRTIO_PCI_COMMON_STATUS, 1);
}

static void set_status(const struct virtio *device, uint32_t status)
{
	mmio_write(device->base + VIRTIO_PCI_COMMON_STATUS, 1, status);
}

static uint64_t get_features(const struct virtio *device)
{
	uint64_t low, high;

	mmio_write(device->base + VIRTIO_PCI_COMMON_DFSELECT, 4, 0);
	low = mmio_read(device->base + VIRTIO_PCI_COMMON_DF, 4);
	mmio_write(device->base + VIRTIO_PCI_COMMON_DFSELECT, 4, 1);
	high = mmio_read(device->base + VIRTIO_PCI_COMMON_DF, 4);
	return high << 32 | low;
}

static void set_features(const struct virtio *device, uint64_t features)
{
	for (uint32_t half = 0; half < 2; half++) {
		mmio_write(device->base + VIRTIO_PCI_COMMON_GFSELECT, 4, half);
		mmio_write(device->base + VIRTIO_PCI_COMMON_GF, 4,
			   (uint32_t)(features >> 32 * half));
	}
}

static uint32_t select_queue(const struct virtio *device, uint16_t index)
{
	mmio_write(device->base + VIRTIO_PCI_COMMON_Q_SELECT, 2, index);
	return mmio_read(device->base + VIRTIO_PCI_COMMON_Q_SIZE, 2);
}

static void write_address(const struct virtio *device, uint32_t at, const void *address)
{
	mmio_write(device->base + at, 4, (uint32_t)(uintptr_t)address);
	mmio_write(device->base + at + 4, 4, (uint32_t)((uintptr_t)address >> 32));
}

static int set_queue(struct queue *queue)
{
	const struct virtio *device = queue->device;
	const struct virtio_cap *notify = &device->caps.notify;
	uint64_t offset = mmio_read(device->base + VIRTIO_PCI_COMMON_Q_NOFF, 2);

	offset *= device->caps.multiplier;
	if (offset + sizeof(uint16_t) > notify->size)
		return error(E_VIRTIO_QUEUE, "queue %u is notified at 0x%lx of 0x%x", queue->index,
			     offset, notify->size);
	queue->notify = device->access.address[notify->bar] + notify->offset + offset;
	mmio_write(device->base + VIRTIO_PCI_COMMON_Q_SIZE, 2, queue->ring.size);
	write_address(device, VIRTIO_PCI_COMMON_Q_DESC, queue->ring.desc);
	write_address(device, VIRTIO_PCI_COMMON_Q_AVAIL, queue->ring.avail);
	write_address(device, VIRTIO_PCI_COMMON_Q_USED, queue->ring.used);
	mmio_write(device->base + VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
	return 0;
}

static uint32_t config(const struct virtio *device, uint32_t offset, uint32_t size)
{
	const struct virtio_cap *cap = &device->caps.device;

	return mmio_read(device->access.address[cap->bar] + cap->offset + offset, size);
}

const struct transport transport_modern = {
	get_status, set_status, get_features, set_features, select_queue, set_queue, config, false,
};
