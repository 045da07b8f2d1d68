// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/legacy.h"

#include "abi/virtio.h"
#include "lib/error.h"
#include "virtio/mmio.h"

static uint32_t get_status(const struct virtio *device)
{
	return mmio_read(device->base + VIRTIO_LEGACY_STATUS, 1);
}

static void set_status(const struct virtio *device, uint32_t status)
{
	mmio_write(device->base + VIRTIO_LEGACY_STATUS, 1, status);
}

static uint64_t get_features(const struct virtio *device)
{
	return mmio_read(device->base + VIRTIO_LEGACY_HOST_FEATURES, 4);
}

static void set_features(const struct virtio *device, uint64_t features)
{
	mmio_write(device->base + VIRTIO_LEGACY_GUEST_FEATURES, 4, (uint32_t)features);
}

static uint32_t select_queue(const struct virtio *device, uint16_t index)
{
	mmio_write(device->base + VIRTIO_LEGACY_QUEUE_SEL, 2, index);
	return mmio_read(device->base + VIRTIO_LEGACY_QUEUE_NUM, 2);
}

static int set_queue(struct queue *queue)
{
	uint64_t page = (uintptr_t)queue->ring.desc / VIRTIO_LEGACY_PAGE;

	if (page > UINT32_MAX)
		return error(E_VIRTIO_QUEUE, "ring at 0x%lx", (uintptr_t)queue->ring.desc);
	queue->notify = queue->device->base + VIRTIO_LEGACY_QUEUE_NOTIFY;
	mmio_write(queue->device->base + VIRTIO_LEGACY_QUEUE_PFN, 4, (uint32_t)page);
	return 0;
}

/* The seam gives what a little-endian device means; this part means the opposite. */
static uint32_t config(const struct virtio *device, uint32_t offset, uint32_t size)
{
	uint32_t value = mmio_read(device->base + VIRTIO_LEGACY_CONFIG + offset, size);

	return size == 4 ? __builtin_bswap32(value) :
	       size == 2 ? __builtin_bswap16((uint16_t)value) :
			   value;
}

const struct transport transport_legacy = {
	get_status, set_status, get_features, set_features, select_queue, set_queue, config, true,
};
