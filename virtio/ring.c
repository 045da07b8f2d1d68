// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/ring.h"

#include "abi/virtio.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/string.h"

#define PAGE VIRTIO_LEGACY_PAGE

#define RING_ACCESS(bits)                                                              \
	static void put##bits(const struct ring *ring, void *at, uint##bits##_t value) \
	{                                                                              \
		if (ring->little)                                                      \
			le##bits##_store(at, value);                                   \
		else                                                                   \
			be##bits##_store(at, value);                                   \
	}

RING_ACCESS(16)
RING_ACCESS(32)
RING_ACCESS(64)

/* Reads of what the device writes happen once, where they stand. */
static uint16_t get16(const struct ring *ring, const uint8_t *at)
{
	uint16_t raw = *(const volatile uint16_t *)at;

	return ring->little ? le16_load(&raw) : be16_load(&raw);
}

static uint32_t get32(const struct ring *ring, const uint8_t *at)
{
	uint32_t raw = *(const volatile uint32_t *)at;

	return ring->little ? le32_load(&raw) : be32_load(&raw);
}

static size_t used_offset(uint16_t size)
{
	size_t end =
		size * sizeof(struct vring_desc) + VRING_ENTRIES + (size + 1U) * sizeof(uint16_t);

	return (end + PAGE - 1) & ~(size_t)(PAGE - 1);
}

size_t ring_bytes(uint16_t size)
{
	return used_offset(size) + VRING_ENTRIES + size * sizeof(struct vring_used_elem) +
	       sizeof(uint16_t);
}

void ring_init(struct ring *ring, void *memory, uint16_t size, bool little)
{
	uint8_t *at = memory;

	check(size && size <= RING_MAX && !(size & (size - 1)));
	memset(memory, 0, ring_bytes(size));
	ring->desc = at;
	ring->avail = at + size * sizeof(struct vring_desc);
	ring->used = at + used_offset(size);
	ring->size = ring->free_count = size;
	ring->free = ring->in_flight = ring->avail_index = ring->used_index = 0;
	ring->little = little;
	for (uint16_t i = 0; i < size; i++)
		ring->shadow[i] = (struct ring_shadow){ .next = (uint16_t)(i + 1) };
	put16(ring, ring->avail + VRING_FLAGS, VRING_AVAIL_F_NO_INTERRUPT);
}

static void put_desc(struct ring *ring, uint16_t at, const struct ring_buf *buf, uint16_t flags)
{
	uint8_t *desc = ring->desc + at * sizeof(struct vring_desc);

	put64(ring, desc + offsetof(struct vring_desc, addr), buf->address);
	put32(ring, desc + offsetof(struct vring_desc, len), buf->size);
	put16(ring, desc + offsetof(struct vring_desc, flags), flags);
	put16(ring, desc + offsetof(struct vring_desc, next), ring->shadow[at].next);
}

int ring_add(struct ring *ring, const struct ring_buf *bufs, uint32_t out, uint32_t in)
{
	uint16_t head = ring->free, at = head;
	uint32_t count = out + in, writable = 0;

	if (count == 0 || count > ring->free_count)
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		uint16_t flags = i + 1 < count ? VRING_DESC_F_NEXT : 0;

		if (i >= out) {
			flags |= VRING_DESC_F_WRITE;
			writable += bufs[i].size;
		}
		put_desc(ring, at, &bufs[i], flags);
		at = ring->shadow[at].next;
	}
	ring->free = at;
	ring->free_count = (uint16_t)(ring->free_count - count);
	ring->in_flight++;
	ring->shadow[head].count = (uint16_t)count;
	ring->shadow[head].writable = writable;
	put16(ring, ring->avail + VRING_ENTRIES + 2 * (ring->avail_index++ & (ring->size - 1)),
	      head);
	return head;
}

bool ring_publish(struct ring *ring)
{
	__sync_synchronize();	/* descriptors and entries before the index that shows them */
	put16(ring, ring->avail + VRING_INDEX, ring->avail_index);
	__sync_synchronize();	/* the index before asking whether the device sleeps (2.7.10) */
	return !(get16(ring, ring->used + VRING_FLAGS) & VRING_USED_F_NO_NOTIFY);
}

/* Back to the free list, by the shadow's own links. */
static void release_chain(struct ring *ring, uint16_t head)
{
	uint16_t last = head;

	for (uint16_t i = 1; i < ring->shadow[head].count; i++)
		last = ring->shadow[last].next;
	ring->shadow[last].next = ring->free;
	ring->free = head;
	ring->free_count = (uint16_t)(ring->free_count + ring->shadow[head].count);
	ring->shadow[head].count = 0;
	ring->in_flight--;
}

int ring_take(struct ring *ring, uint16_t *id, uint32_t *size)
{
	uint16_t ready = (uint16_t)(get16(ring, ring->used + VRING_INDEX) - ring->used_index);
	const uint8_t *entry =
		ring->used + VRING_ENTRIES +
		(ring->used_index & (ring->size - 1)) * sizeof(struct vring_used_elem);
	uint32_t head, written;

	if (ready == 0)
		return 0;
	if (ready > ring->in_flight)
		return error(E_VIRTIO_RING, "used index says %u, %u in flight", ready,
			     ring->in_flight);
	__sync_synchronize();	/* the index before the entry and the data that it vouches for */
	head = get32(ring, entry + offsetof(struct vring_used_elem, id));
	written = get32(ring, entry + offsetof(struct vring_used_elem, len));
	if (head >= ring->size || ring->shadow[head].count == 0)
		return error(E_VIRTIO_RING, "used id %u is not in flight", head);
	if (written > ring->shadow[head].writable)
		return error(E_VIRTIO_RING, "%u bytes written, %u allowed", written,
			     ring->shadow[head].writable);
	release_chain(ring, (uint16_t)head);
	ring->used_index++;
	*id = (uint16_t)head;
	*size = written;
	return 1;
}
