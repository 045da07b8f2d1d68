/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A split ring (virtio 1.2, 2.7), driver side. Pure memory, no seams.
 *
 * The device can write all of the ring at any time, so nothing the driver depends on is kept there:
 * free descriptors, chains in flight and both indices live in a private shadow; descriptors are
 * written, never read back. Of the used ring each value is read once and checked against the
 * shadow.
 */
#ifndef VIRTIO_RING_H
#define VIRTIO_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_MAX  1024			/* descriptors; QEMU's most (VIRTQUEUE_MAX_SIZE) */
#define RING_BYTES (8 * 4096UL)		/* memory of the largest ring, aligned to a page */

/* A buffer as the device addresses it. */
struct ring_buf {
	uint64_t address;
	uint32_t size;
};

struct ring_shadow {
	uint16_t next;		/* the next descriptor of the chain, or of the free list */
	uint16_t count;		/* of a head in flight: descriptors of its chain; 0 otherwise */
	uint32_t writable;	/* of a head in flight: bytes that the device may write */
};

struct ring {
	uint8_t *desc, *avail;
	const uint8_t *used;
	uint16_t size, free, free_count, in_flight;
	uint16_t avail_index, used_index;
	bool little;		/* byte order of the ring: modern little, legacy the guest's: big */
	struct ring_shadow shadow[RING_MAX];
};

/*
 * ring_init() - an empty ring with interrupts suppressed.
 * @memory: ring_bytes(@size) bytes, aligned to a page; desc, avail and used lie in it as the legacy
 *          interface demands (2.7.2), which suits modern devices as well
 * @size:   a power of two up to RING_MAX
 */
void ring_init(struct ring *ring, void *memory, uint16_t size, bool little);

/* Bytes of memory of a ring of @size descriptors. */
size_t ring_bytes(uint16_t size);

/*
 * ring_add() - queue a chain: @out buffers the device reads, then @in buffers it writes. The device
 * sees it after ring_publish(). Returns its number, or -1 if there are not enough free descriptors.
 */
int ring_add(struct ring *ring, const struct ring_buf *bufs, uint32_t out, uint32_t in);

/* Show the device what was added. True if it wants to be notified. */
bool ring_publish(struct ring *ring);

/*
 * ring_take() - a chain that the device has finished.
 * @id, @size: its number, and how many bytes the device says it wrote
 * Returns 1, 0 where there is none, or E_VIRTIO_RING: the index jumped or went back, the number was
 * out of range or not in flight, or the size larger than the buffers.
 */
int ring_take(struct ring *ring, uint16_t *id, uint32_t *size);

#endif /* VIRTIO_RING_H */
