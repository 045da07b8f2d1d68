// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/ring.h"

#include "abi/virtio.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "tests/host/fake/virtio.h"
#include "tests/host/unit/test.h"

static struct ring ring;
static uint8_t *memory;

static void start(uint16_t size, bool little)
{
	if (!memory)
		memory = fake_memory(RING_BYTES);
	memset(memory, 0xee, RING_BYTES);
	ring_init(&ring, memory, size, little);
}

/* The device's side: say that chain @id is done. */
static void used(uint16_t index, uint32_t id, uint32_t size)
{
	uint8_t *base = (uint8_t *)ring.used, *entry = base + 4 + 8 * (index & (ring.size - 1));

	if (ring.little) {
		le32_store(entry, id);
		le32_store(entry + 4, size);
		le16_store(base + 2, (uint16_t)(index + 1));
	} else {
		be32_store(entry, id);
		be32_store(entry + 4, size);
		be16_store(base + 2, (uint16_t)(index + 1));
	}
}

static const struct ring_buf bufs[3] = { { 0x1000, 16 }, { 0x123456789a, 512 }, { 0x3000, 1 } };

/* The layout which the legacy interface demands: 2.7.2 */
static void test_layout(void **state)
{
	(void)state;
	for (uint16_t size = 1; size <= RING_MAX; size = (uint16_t)(2 * size)) {
		size_t used_at = (16UL * size + 6 + 2UL * size + 4095) & ~4095UL;

		start(size, false);
		assert_ptr_equal(ring.avail, memory + 16UL * size);
		assert_ptr_equal(ring.used, memory + used_at);
		assert_int_equal(ring_bytes(size), used_at + 6 + 8UL * size);
		assert_true(ring_bytes(size) <= RING_BYTES);
		assert_int_equal(be16_load(ring.avail), VRING_AVAIL_F_NO_INTERRUPT);
	}
}

static void test_descriptors(void **state)
{
	(void)state;
	start(8, false);
	assert_int_equal(ring_add(&ring, bufs, 1, 2), 0);
	assert_int_equal(be64_load(ring.desc), 0x1000);
	assert_int_equal(be32_load(ring.desc + 8), 16);
	assert_int_equal(be16_load(ring.desc + 12), VRING_DESC_F_NEXT);
	assert_int_equal(be16_load(ring.desc + 14), 1);
	assert_int_equal(be64_load(ring.desc + 16), 0x123456789a);
	assert_int_equal(be16_load(ring.desc + 16 + 12), VRING_DESC_F_NEXT | VRING_DESC_F_WRITE);
	assert_int_equal(be16_load(ring.desc + 32 + 12), VRING_DESC_F_WRITE);
	assert_int_equal(be16_load(ring.avail + 2), 0);	/* not shown yet */
	assert_true(ring_publish(&ring));
	assert_int_equal(be16_load(ring.avail + 2), 1);
	assert_int_equal(be16_load(ring.avail + 4), 0);
	start(8, true);
	assert_int_equal(ring_add(&ring, bufs, 1, 2), 0);
	assert_int_equal(le64_load(ring.desc + 16), 0x123456789a);
	assert_int_equal(le16_load(ring.desc + 12), VRING_DESC_F_NEXT);
}

static void test_no_notify(void **state)
{
	(void)state;
	start(8, true);
	le16_store((uint8_t *)ring.used, VRING_USED_F_NO_NOTIFY);
	assert_false(ring_publish(&ring));
}

static void test_full(void **state)
{
	uint16_t id;
	uint32_t size;

	(void)state;
	start(4, true);
	assert_int_equal(ring_add(&ring, bufs, 0, 0), -1);
	assert_int_equal(ring_add(&ring, bufs, 1, 2), 0);
	assert_int_equal(ring_add(&ring, bufs, 1, 1), -1);
	assert_int_equal(ring_add(&ring, bufs, 1, 0), 3);
	assert_int_equal(ring_add(&ring, bufs, 1, 0), -1);
	assert_int_equal(ring_take(&ring, &id, &size), 0);
	used(0, 3, 0);
	assert_int_equal(ring_take(&ring, &id, &size), 1);
	assert_int_equal(id, 3);
	assert_int_equal(ring_add(&ring, bufs, 1, 0), 3);
}

static void wrong(uint16_t index, uint32_t id, uint32_t written, const char *text)
{
	uint16_t got_id;
	uint32_t got_size;

	start(8, true);
	ring_add(&ring, bufs, 1, 2);
	ring_publish(&ring);
	used(index, id, written);
	assert_int_equal(ring_take(&ring, &got_id, &got_size), E_VIRTIO_RING);
	assert_non_null(strstr(error_text(), text));
}

static void test_lies(void **state)
{
	uint16_t id;
	uint32_t size;

	(void)state;
	wrong(1, 0, 0, "used index");			/* jumps */
	wrong(0xfffe, 0, 0, "used index");		/* goes back */
	wrong(0, 1, 0, "not in flight");		/* inside a chain */
	wrong(0, 5, 0, "not in flight");		/* free */
	wrong(0, 8, 0, "not in flight");		/* out of range */
	wrong(0, 0xffffffff, 0, "not in flight");
	wrong(0, 0, 514, "514 bytes written, 513 allowed");
	wrong(0, 0, 0xffffffff, "bytes written");
	/* twice */
	start(8, true);
	ring_add(&ring, bufs, 1, 2);
	ring_add(&ring, bufs, 1, 0);
	used(0, 0, 513);
	used(1, 0, 0);
	assert_int_equal(ring_take(&ring, &id, &size), 1);
	assert_int_equal(size, 513);
	assert_int_equal(ring_take(&ring, &id, &size), E_VIRTIO_RING);
}

/* What the device does to the descriptors does not matter: the shadow counts. */
static void test_rewritten(void **state)
{
	uint16_t id;
	uint32_t size;

	(void)state;
	start(4, true);
	for (uint16_t round = 0; round < 20; round++) {
		int head = ring_add(&ring, bufs, 1, 2);

		assert_true(head >= 0);
		memset(ring.desc, 0xff, 4 * 16);
		used(round, (uint32_t)head, 1);
		assert_int_equal(ring_take(&ring, &id, &size), 1);
		assert_int_equal(ring.free_count, 4);
	}
}

static void test_bad_size(void **state)
{
	(void)state;
	assert_true(fake_stops(start(0, true)));
	assert_true(fake_stops(start(6, true)));
	assert_true(fake_stops(start(2 * RING_MAX, true)));
}

/* Against a model: chains go in and come back in any order, for long enough that the indices wrap. */
static void test_random(void **state)
{
	uint64_t seed = 4711;
	uint16_t flight[64], count = 0, index = 0;
	uint32_t given[64], descriptors = 0;

	(void)state;
	start(64, false);
	for (int turn = 0; turn < 300000; turn++) {
		uint32_t out = (uint32_t)(draw(&seed) % 3), in = (uint32_t)(draw(&seed) % 4);
		struct ring_buf many[8] = { 0 };
		uint16_t id;
		uint32_t size;
		int head;

		if (draw(&seed) & 1) {
			head = ring_add(&ring, many, out, in);
			assert_int_equal(head >= 0, out + in > 0 && descriptors + out + in <= 64);
			if (head >= 0) {
				for (uint16_t i = 0; i < count; i++)
					assert_int_not_equal(flight[i], head);
				flight[count] = (uint16_t)head;
				given[count++] = out + in;
				descriptors += out + in;
			}
		} else if (count) {
			uint16_t pick = (uint16_t)(draw(&seed) % count);

			used(index++, flight[pick], 0);
			assert_int_equal(ring_take(&ring, &id, &size), 1);
			assert_int_equal(id, flight[pick]);
			descriptors -= given[pick];
			flight[pick] = flight[--count];
			given[pick] = given[count];
		}
		assert_int_equal(ring.free_count, 64 - descriptors);
		assert_int_equal(ring.in_flight, count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_layout), TEST(test_descriptors), TEST(test_no_notify), TEST(test_full), TEST(test_lies),
		TEST(test_rewritten), TEST(test_bad_size), TEST(test_random),
	};

	return RUN(tests);
}
