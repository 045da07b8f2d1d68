// SPDX-License-Identifier: GPL-2.0-or-later
/* A split ring whose memory the device writes whatever it likes to, at any time. */
#include "lib/fail.h"
#include "tests/host/fuzz/fuzz.h"
#include "virtio/ring.h"

static uint8_t memory[RING_BYTES] __attribute__((aligned(4096)));
static struct ring ring;
static uint16_t flight[RING_MAX], descriptors[RING_MAX], count;

static void add(struct input *input)
{
	struct ring_buf bufs[8];
	uint32_t out = (uint32_t)take(input, 1) % 4, in = (uint32_t)take(input, 1) % 4;
	int head;

	for (uint32_t i = 0; i < out + in; i++)
		bufs[i] = (struct ring_buf){ 0x1000, 64 };
	head = ring_add(&ring, bufs, out, in);
	if (head < 0)
		return;
	for (uint16_t i = 0; i < count; i++)
		MUST(flight[i] != head);
	MUST(head < ring.size);
	descriptors[count] = (uint16_t)(out + in);
	flight[count++] = (uint16_t)head;
	ring_publish(&ring);
}

/* 0 where the ring is not to be used any more. */
static int reap(void)
{
	uint16_t id;
	uint32_t size;
	int rc = ring_take(&ring, &id, &size);

	MUST(rc == 0 || rc == 1 || rc == E_VIRTIO_RING);
	if (rc != 1)
		return rc == 0;
	for (uint16_t i = 0; i < count; i++)
		if (flight[i] == id) {
			MUST(size <= 64U * 3);
			flight[i] = flight[--count];
			descriptors[i] = descriptors[count];
			return 1;
		}
	abort();	/* something came back that was not in flight */
}

static void scribble(struct input *input)
{
	size_t at = take(input, 2) % ring_bytes(ring.size);
	size_t size = take(input, 1) % 16;

	if (take(input, 1) & 1)		/* mostly where it hurts */
		at = (size_t)(ring.used - memory) + at % 64;
	for (size_t i = 0; i < size && at + i < sizeof(memory); i++)
		memory[at + i] = (uint8_t)take(input, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	uint64_t first = take(&input, 1);

	ring_init(&ring, memory, (uint16_t)(1U << first % 8), first >> 7);
	count = 0;
	while (input.left) {
		uint32_t sum = 0;
		uint64_t what = take(&input, 1) % 3;

		if (what == 0)
			add(&input);
		else if (what == 1)
			scribble(&input);
		else if (!reap())
			break;
		for (uint16_t i = 0; i < count; i++)
			sum += descriptors[i];
		MUST(ring.free_count + sum == ring.size && ring.in_flight == count);
	}
	return 0;
}
