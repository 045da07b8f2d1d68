// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/rng.h"

#include "lib/fail.h"
#include "lib/string.h"

/* A device may fill a buffer in part; ask again for the rest. */
static int fill_buffer(struct queue *queue, const uint8_t *buffer, uint8_t *bytes, uint32_t size)
{
	while (size) {
		const struct ring_buf buf = { (uintptr_t)buffer, size };
		uint32_t got;
		uint16_t id;
		int rc;

		if (ring_add(&queue->ring, &buf, 0, 1) < 0)
			return error(E_VIRTIO_QUEUE, "the ring is too small");
		queue_kick(queue);
		rc = queue_wait(queue, &id, &got);
		if (rc)
			return rc;
		if (got == 0)
			return error(E_VIRTIO_RING, "an empty answer");
		memcpy(bytes, buffer, got);
		bytes += got;
		size -= got;
	}
	return 0;
}

int rng_read(struct virtio *device, struct queue *queue, struct pci_bus *bus,
	     const struct pci_function *function, void *memory, uint8_t *bytes, uint32_t size)
{
	uint8_t *buffer = (uint8_t *)memory + RING_BYTES;
	int rc, closed;

	check(size <= RNG_MAX);
	rc = virtio_open(device, bus, function, 0);
	if (rc)
		return rc;
	rc = virtio_queue(queue, device, 0, memory);
	if (rc == 0)
		rc = virtio_map(device, buffer, RNG_MAX);
	if (rc == 0) {
		virtio_start(device);
		rc = fill_buffer(queue, buffer, bytes, size);
	}
	closed = virtio_close(device);
	return rc ? rc : closed;
}
