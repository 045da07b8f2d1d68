// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: whatever a device writes into its ring, at any read: no access outside, descriptors in
 *     flight and free ones stay a partition, nothing completes that is not in
 *     flight, and no more than there is
 * bounds: 4 descriptors; a step (add up to three buffers, publish, take) from any state in which
 *     they are such a partition, so for any number of steps
 * device: virtio/ring.c
 * smaller: virtio/ring.h:RING_MAX=4 virtio/ring.h:RING_BYTES=4140UL
 * cbmc: --unwind 5 --slice-formula
 */
#include "lib/endian.h"
#include "virtio/ring.h"

static void store(const void *at, uint64_t size);
static uint16_t device_read16(const void *at);
static uint32_t device_read32(const void *at);
/* What is written is of no interest here, but where */
#define le16_store(at, value) store(at, sizeof(value))
#define le32_store(at, value) store(at, sizeof(value))
#define le64_store(at, value) store(at, sizeof(value))
#define be16_store(at, value) store(at, sizeof(value))
#define be32_store(at, value) store(at, sizeof(value))
#define be64_store(at, value) store(at, sizeof(value))
#include "virtio/ring.c"

#include "tests/host/prove/prove.h"

#define SIZE 4

static uint8_t memory[RING_BYTES];
static struct ring ring;
static uint32_t room[SIZE];	/* of each head in flight: bytes it may write */
static uint8_t links[SIZE];	/* and its descriptors; 0: not in flight */

static uint16_t shown;		/* what the device's index was, as it lies there */

/* The device's part is never written, */
static void store(const void *at, uint64_t size)
{
	claim(__CPROVER_w_ok(at, size));
	claim((const uint8_t *)at < ring.used);
}

/* and what lies in it is read once, and may be anything. */
static uint16_t device_read16(const void *at)
{
	claim(__CPROVER_r_ok(at, 2));
	claim((const uint8_t *)at >= ring.used);
	return shown = any16();
}

static uint32_t device_read32(const void *at)
{
	claim(__CPROVER_r_ok(at, 4));
	claim((const uint8_t *)at >= ring.used);
	return any32();
}

void *memset(void *to, int byte, size_t size)
{
	claim(byte == 0 && to == memory && size <= sizeof(memory));
	return to;
}

/* Is each descriptor free or in one chain? */
static bool is_partition(void)
{
	bool seen[SIZE] = { false };
	uint32_t count = 0, chains = 0;
	uint16_t at = ring.free;

	for (uint32_t i = 0; i < ring.free_count && i <= SIZE; i++, count++, at = ring.shadow[at].next) {
		if (at >= SIZE || seen[at])
			return false;
		seen[at] = true;
	}
	for (uint16_t head = 0; head < SIZE; head++) {
		if (ring.shadow[head].count != links[head] || links[head] > SIZE)
			return false;
		chains += links[head] != 0;
		at = head;
		for (uint32_t i = 0; i < links[head]; i++, count++, at = ring.shadow[at].next) {
			if (at >= SIZE || seen[at])
				return false;
			seen[at] = true;
		}
	}
	return count == SIZE && ring.in_flight == chains;
}

static void add(void)
{
	struct ring_buf bufs[3] = { { any64(), any8() }, { any64(), any8() }, { any64(), any8() } };
	uint32_t out = any8() & 3, in = any8() & 3;
	int head;

	given(out + in <= 3);
	head = ring_add(&ring, bufs, out, in);
	if (head < 0)
		return;
	claim(head < SIZE && links[head] == 0);
	links[head] = (uint8_t)(out + in);
	room[head] = 0;
	for (uint32_t i = out; i < out + in; i++)
		room[head] += bufs[i].size;
}

static void take(void)
{
	uint16_t id, in_flight = ring.in_flight, seen = ring.used_index;
	uint32_t size;

	if (ring_take(&ring, &id, &size) != 1)
		return;
	shown = ring.little ? __builtin_bswap16(shown) : shown;
	claim((uint16_t)(shown - seen) <= in_flight && ring.used_index == (uint16_t)(seen + 1));
	claim(id < SIZE && links[id] != 0 && size <= room[id]);
	links[id] = 0;
}

static void any_state(void)
{
	ring.avail_index = any16();
	ring.used_index = any16();
	ring.free = any16();
	ring.free_count = any16();
	ring.in_flight = any16();
	for (int i = 0; i < SIZE; i++) {
		links[i] = any8();
		room[i] = any32();
		ring.shadow[i] = (struct ring_shadow){ any16(), links[i], room[i] };
	}
	given(is_partition());
}

int main(void)
{
	ring_init(&ring, memory, SIZE, any_bool());
	claim(is_partition());
	any_state();
	if (any_bool())
		add();
	else if (any_bool())
		take();
	else
		ring_publish(&ring);
	claim(is_partition());
	return 0;
}
