// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading disks of both kinds, good and bad ones. */
#include "virtio/disk.h"

#include "abi/scsi.h"
#include "abi/virtio.h"
#include "lib/endian.h"
#include "lib/arch.h"
#include "lib/fail.h"
#include "tests/host/fake/virtio.h"
#include "tests/host/unit/test.h"
#include "virtio/scsi_reply.h"

#define F	  fake_virtio
#define DISK_SIZE (9UL << 20)
#define TO_SIZE	  (DISK_SIZE + 8192)
#define NEAR_SIZE 65536

static struct disk_host host;
static struct disk disk;
static uint8_t *memory, *near, *contents, *to;

static void plug(uint32_t type, bool modern, uint32_t block_size)
{
	if (!memory) {
		memory = fake_memory(DISK_MEMORY + NEAR_SIZE);
		near = memory + ((DISK_MEMORY + 4095) & ~4095UL);
		contents = fake_memory(DISK_SIZE);
		to = fake_memory(TO_SIZE);
		for (size_t i = 0; i < DISK_SIZE / 8; i++)
			((uint64_t *)contents)[i] = i * 0x9e3779b97f4a7c15;
	}
	fake_reset();
	fake_virtio_reset(type, modern);
	F.disk = contents;
	F.disk_size = DISK_SIZE;
	F.block_size = block_size;
	if (type == VIRTIO_ID_BLOCK) {
		F.features |= VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_SEG_MAX;
		(modern ? le64_store : be64_store)(F.device_config, DISK_SIZE / 512);
		(modern ? le32_store : be32_store)(F.device_config + VIRTIO_BLK_CFG_SEG_MAX, 254);
		(modern ? le32_store : be32_store)(F.device_config + VIRTIO_BLK_CFG_BLK_SIZE, block_size);
	} else {
		(modern ? le32_store : be32_store)(F.device_config + VIRTIO_SCSI_CFG_SEG_MAX, 254);
		(modern ? le32_store : be32_store)(F.device_config + VIRTIO_SCSI_CFG_MAX_SECTORS, 0xffff);
		(modern ? le16_store : be16_store)(F.device_config + VIRTIO_SCSI_CFG_MAX_TARGET, 255);
		F.lun[0] = 5;
		F.luns = 1;
	}
}

static int open_host(void)
{
	return disk_host_open(&host, &F.bus, F.function, memory);
}

static int open_disk(void)
{
	return disk_open(&disk, &host, (struct disk_unit){ 3, 5 });
}

static void start(uint32_t type, bool modern, uint32_t block_size)
{
	plug(type, modern, block_size);
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), 0);
	assert_int_equal(disk.block_size, block_size);
	assert_int_equal(disk_size(&disk), DISK_SIZE);
}

/* Exactly these bytes, and none beside them. */
static void read_is(uint64_t offset, uint64_t size)
{
	memset(to, 0x77, size + 200);
	assert_int_equal(disk_read(&disk, offset, to + 100, size), 0);
	assert_memory_equal(to + 100, contents + offset, size);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(to[i], 0x77);
		assert_int_equal(to[100 + size + (uint64_t)i], 0x77);
	}
}

static const struct {
	uint32_t type;
	bool modern;
	uint32_t block_size;
} kinds[] = {
	{ VIRTIO_ID_BLOCK, true, 512 }, { VIRTIO_ID_BLOCK, false, 512 }, { VIRTIO_ID_BLOCK, true, 4096 },
	{ VIRTIO_ID_BLOCK, false, 4096 }, { VIRTIO_ID_SCSI, true, 512 }, { VIRTIO_ID_SCSI, false, 512 },
	{ VIRTIO_ID_SCSI, true, 4096 }, { VIRTIO_ID_SCSI, true, 2048 },
};

static void test_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		uint64_t seed = 99 + i;

		start(kinds[i].type, kinds[i].modern, kinds[i].block_size);
		read_is(0, 1);
		read_is(0, 512);
		read_is(1, 510);
		read_is(511, 2);
		read_is(4095, 8194);
		read_is(DISK_SIZE - 1, 1);
		read_is(0, DISK_SIZE);
		read_is(12345, DISK_SIZE - 23456);
		for (int turn = 0; turn < 200; turn++) {
			uint64_t offset = draw(&seed) % DISK_SIZE, size = draw(&seed) % (64 * 1024);

			read_is(offset, size < DISK_SIZE - offset ? size : DISK_SIZE - offset);
		}
		assert_int_equal(disk_read(&disk, 0, to, 0), 0);
		assert_int_equal(disk_host_close(&host), 0);
		assert_int_equal(F.status, 0);
	}
}

/* Large requests, all before one notification. */
static void test_one_notification(void **state)
{
	uint32_t before;

	(void)state;
	start(VIRTIO_ID_BLOCK, true, 512);
	before = F.notifies;
	read_is(0, DISK_SIZE);
	assert_int_equal(F.notifies - before, 1);
	assert_int_equal(host.requests, 3);
	start(VIRTIO_ID_SCSI, true, 512);
	before = F.notifies;
	read_is(512, DISK_SIZE - 512);
	assert_int_equal(F.notifies - before, 1);
}

static void test_past_the_end(void **state)
{
	(void)state;
	start(VIRTIO_ID_BLOCK, true, 512);
	assert_int_equal(disk_read(&disk, DISK_SIZE, to, 1), E_DISK_READ);
	assert_int_equal(disk_read(&disk, DISK_SIZE - 1, to, 2), E_DISK_READ);
	assert_int_equal(disk_read(&disk, UINT64_MAX, to, 2), E_DISK_READ);
	assert_int_equal(disk_read(&disk, 1, to, UINT64_MAX), E_DISK_READ);
	assert_int_equal(F.requests, 0);
}

/* What the device cannot take is cut smaller, and the result is the same. */
static void test_limits(void **state)
{
	(void)state;
	plug(VIRTIO_ID_BLOCK, true, 512);
	F.features |= VIRTIO_BLK_F_SIZE_MAX;
	le32_store(F.device_config + VIRTIO_BLK_CFG_SIZE_MAX, 4096);
	le32_store(F.device_config + VIRTIO_BLK_CFG_SEG_MAX, 3);
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), 0);
	read_is(333, 1000001);
	plug(VIRTIO_ID_BLOCK, true, 512);
	F.features |= VIRTIO_BLK_F_SIZE_MAX;
	le32_store(F.device_config + VIRTIO_BLK_CFG_SIZE_MAX, 10000);	/* no multiple of anything */
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), 0);
	read_is(333, 3000001);
	plug(VIRTIO_ID_BLOCK, true, 512);
	F.queue[0].size = 8;
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), 0);
	read_is(1, DISK_SIZE - 2);
	plug(VIRTIO_ID_SCSI, true, 512);
	F.queue[2].size = 8;
	le32_store(F.device_config + VIRTIO_SCSI_CFG_MAX_SECTORS, 16);
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), 0);
	read_is(1, 200000);
	plug(VIRTIO_ID_BLOCK, true, 512);		/* without the feature the field means nothing */
	F.features = VIRTIO_F_VERSION_1;
	memset(F.device_config + 8, 0, 32);
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), 0);
	read_is(7, 100000);
}

static void shape(uint32_t at, uint32_t value, uint32_t more, int in_open)
{
	plug(VIRTIO_ID_BLOCK, true, 512);
	F.features |= more;
	le32_store(F.device_config + at, value);
	if (in_open) {
		assert_int_equal(open_host(), 0);
		assert_int_equal(open_disk(), E_DISK_SHAPE);
	} else {
		assert_int_equal(open_host(), E_DISK_SHAPE);
		assert_int_equal(F.status, 0);
	}
}

static void test_shapes(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 511, 513, 256, 8192, 0x80000000, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		shape(VIRTIO_BLK_CFG_BLK_SIZE, sizes[i], 0, 1);
	shape(VIRTIO_BLK_CFG_CAPACITY, 0, 0, 1);
	shape(VIRTIO_BLK_CFG_CAPACITY + 4, 0xffffffff, 0, 1);	/* over 2^64 bytes */
	shape(VIRTIO_BLK_CFG_SEG_MAX, 2, 0, 0);
	shape(VIRTIO_BLK_CFG_SIZE_MAX, 100, VIRTIO_BLK_F_SIZE_MAX, 0);
	plug(VIRTIO_ID_BLOCK, true, 512);
	F.queue[0].size = 4;
	assert_int_equal(open_host(), E_VIRTIO_QUEUE);
	plug(VIRTIO_ID_BLOCK, true, 512);
	F.function->bar[4].size = 0;
	assert_int_equal(open_host(), E_VIRTIO_CONFIG);
	plug(VIRTIO_ID_BLOCK, true, 512);
	le32_store(F.config + 0x64 + 12, 4);	/* hardly any configuration */
	assert_int_equal(open_host(), E_VIRTIO_CONFIG);
	plug(VIRTIO_ID_BLOCK, true, 512);
	F.features = VIRTIO_F_VERSION_1;
	le32_store(F.config + 0x64 + 12, 4);
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), E_VIRTIO_CONFIG);
	for (uint32_t at = 4; at < 12; at += 4) {
		plug(VIRTIO_ID_SCSI, true, 512);
		le32_store(F.device_config + at, 1);
		assert_int_equal(open_host(), E_DISK_SHAPE);
	}
	plug(VIRTIO_ID_SCSI, true, 512);
	le32_store(F.config + 0x64 + 12, 4);
	assert_int_equal(open_host(), E_VIRTIO_CONFIG);
}

/* A lie about the capacity shows when it is read; it is read once. */
static void test_capacity(void **state)
{
	(void)state;
	plug(VIRTIO_ID_BLOCK, true, 512);
	le64_store(F.device_config, DISK_SIZE);
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), 0);
	assert_int_equal(disk_read(&disk, DISK_SIZE, to, 512), E_DISK_READ);
	assert_int_equal(host.broken, 0);
	read_is(0, 512);
	start(VIRTIO_ID_BLOCK, true, 512);
	le64_store(F.device_config, 1);
	read_is(DISK_SIZE - 512, 512);
	plug(VIRTIO_ID_BLOCK, true, 512);	/* more than 2 TiB: the sector is 64 bits */
	le64_store(F.device_config, 1UL << 34);
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), 0);
	assert_int_equal(disk_size(&disk), 1UL << 43);
	assert_int_equal(disk_read(&disk, 1UL << 42, to, 512), E_DISK_READ);
	assert_int_equal(le64_load(host.slot[0].out + 8), 1UL << 33);
}

/* Each lie in the second of three requests; nothing is written outside of the buffer, nothing hangs. */
static void test_evil(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < 6; kind++)
		for (int evil = NEVER; evil <= NO_STATUS; evil++) {
			int rc, want = evil == NEVER ? E_VIRTIO_TIMEOUT :
				       evil == REWRITE ? 0 : evil >= STATUS_ERROR ? E_DISK_READ : E_VIRTIO_RING;

			start(kinds[kind].type, kinds[kind].modern, kinds[kind].block_size);
			F.requests = 0;
			F.evil = (enum fake_evil)evil;
			F.evil_after = 1;
			if (kinds[kind].type == VIRTIO_ID_BLOCK && (evil == SHORT || evil == ATTENTION || evil == BUSY))
				continue;
			if (evil == REWRITE)
				F.evil_after = 2;	/* before the last: what was queued must not be needed any more */
			memset(to, 0x77, TO_SIZE);
			rc = disk_read(&disk, 0, to + 100, DISK_SIZE);
			assert_int_equal(rc, want);
			for (int i = 0; i < 100; i++) {
				assert_int_equal(to[i], 0x77);
				assert_int_equal(to[100 + DISK_SIZE + (uint64_t)i], 0x77);
			}
			F.evil = GOOD;
			if (want == E_VIRTIO_RING || want == E_VIRTIO_TIMEOUT)	/* for good */
				assert_int_equal(disk_read(&disk, 0, to, 512), want);
			else
				read_is(0, 512);
			assert_int_equal(disk_host_close(&host), 0);
			assert_int_equal(F.queue[0].enabled + F.queue[2].enabled, 0);
		}
}

/* So many notices that the disk is waited for, and the newest says how long. */
static void notices_are(uint32_t count, const char *last)
{
	static const char text[] = "notice: still waiting for disk 0x1000, ";
	const char *at = fake.console, *found = NULL;

	for (; (at = strstr(at, text)); count--)
		found = at += sizeof(text) - 1;
	assert_int_equal(count, 0);
	assert_true(last ? found && strncmp(found, last, strlen(last)) == 0 : !found);
}

/* Read three requests of a disk that takes @seconds for each. */
static int read_slowly(uint64_t seconds, enum fake_evil evil)
{
	start(VIRTIO_ID_BLOCK, true, 512);
	host.queue.patience = DISK_PATIENCE;
	F.slow = seconds * TIMEBASE_HZ;
	F.evil = evil;
	F.evil_after = 1;
	fake.timebase_step = TIMEBASE_HZ / 10;
	return disk_read(&disk, 0, to, DISK_SIZE);
}

/* What counts is the time without a finished request, however long all of them take. */
static void test_slow_disk_hints(void **state)
{
	(void)state;
	assert_int_equal(read_slowly(4, GOOD), 0);
	notices_are(0, NULL);
	assert_int_equal(read_slowly(30, GOOD), 0);
	assert_memory_equal(to, contents, DISK_SIZE);
	notices_are(3 * 3, "20 s");		/* after 5, 10 and 20 seconds */
	assert_int_equal(read_slowly(DISK_PATIENCE - 1, GOOD), 0);
	notices_are(3 * 5, "80 s");
	assert_true(fake.timebase > 3 * (DISK_PATIENCE - 1) * TIMEBASE_HZ);
	assert_int_equal(read_slowly(DISK_PATIENCE + 1, GOOD), E_VIRTIO_TIMEOUT);
	assert_string_equal(error_text(), "0x1000, 120 s");
	notices_are(5, "80 s");
	assert_true(fake.timebase < (DISK_PATIENCE + 2) * TIMEBASE_HZ);
}

/* A silent disk has as long as a slow one; a wrong answer is none to wait after. */
static void test_silent_disk_hints(void **state)
{
	(void)state;
	assert_int_equal(read_slowly(1, NEVER), E_VIRTIO_TIMEOUT);
	notices_are(5, "80 s");
	assert_int_equal(disk_read(&disk, 0, to, 512), E_VIRTIO_TIMEOUT);	/* for good */
	for (int evil = INDEX_JUMPS; evil <= LEN_LARGE; evil++) {
		assert_int_equal(read_slowly(1, (enum fake_evil)evil), E_VIRTIO_RING);
		notices_are(0, NULL);
		assert_true(fake.timebase < 4 * TIMEBASE_HZ);
	}
}

/* Where nobody set more patience it is five seconds, and nothing is said meanwhile. */
static void test_default_patience_hints(void **state)
{
	(void)state;
	start(VIRTIO_ID_BLOCK, true, 512);
	F.slow = 6 * TIMEBASE_HZ;
	assert_int_equal(disk_read(&disk, 0, to, 512), E_VIRTIO_TIMEOUT);
	assert_string_equal(error_text(), "0x1000, 5 s");
	notices_are(0, NULL);
}

/* Asked for no notification, the driver gives none, and does not wait for ever. */
static void test_no_notify(void **state)
{
	(void)state;
	plug(VIRTIO_ID_BLOCK, true, 512);
	F.no_notify = true;
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), 0);
	assert_int_equal(disk_read(&disk, 0, to, 512), E_VIRTIO_TIMEOUT);
	assert_int_equal(F.notifies, 0);
	assert_true(host.queue.polls > 100);
}

static void test_iommu(void **state)
{
	(void)state;
	plug(VIRTIO_ID_BLOCK, true, 512);
	F.features |= VIRTIO_F_ACCESS_PLATFORM;
	F.bus.phb[0].dma.bus = (struct range){ 0, 0x1000 };
	assert_int_equal(open_host(), E_VIRTIO_IOMMU);
	plug(VIRTIO_ID_BLOCK, true, 512);
	F.features |= VIRTIO_F_ACCESS_PLATFORM;
	F.tce_base = (uintptr_t)memory & ~0xfffUL;
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), 0);
	assert_int_equal(disk_read(&disk, 5, near, 5000), 0);		/* slots, junk and data are all mapped */
	assert_memory_equal(near, contents + 5, 5000);
	assert_int_equal(disk_read(&disk, 0, (void *)(F.tce_base + (17 << 20)), 4), E_VIRTIO_IOMMU);
}

static void test_units(void **state)
{
	struct disk_unit units[8];
	uint32_t count;

	(void)state;
	plug(VIRTIO_ID_BLOCK, true, 512);
	assert_int_equal(open_host(), 0);
	assert_int_equal(disk_units(&host, units, 8, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(disk_units(&host, units, 0, &count), 0);
	assert_int_equal(count, 0);
	plug(VIRTIO_ID_SCSI, true, 512);
	F.luns = 3;
	F.lun[1] = 300;
	F.lun[2] = 0;
	assert_int_equal(open_host(), 0);
	assert_int_equal(disk_units(&host, units, 8, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(units[1].target, 3);
	assert_int_equal(units[1].lun, 300);
	assert_int_equal(disk_open(&disk, &host, units[1]), 0);
	read_is(5, 5000);
	assert_int_equal(disk_units(&host, units, 2, &count), 0);
	assert_int_equal(count, 2);
	plug(VIRTIO_ID_SCSI, true, 512);
	le16_store(F.device_config + VIRTIO_SCSI_CFG_MAX_TARGET, 65535);
	F.queue[2].size = 8;
	assert_int_equal(open_host(), 0);
	assert_int_equal(disk_units(&host, units, 8, &count), 0);
	assert_int_equal(count, 1);
	F.evil = NEVER;
	assert_int_equal(disk_units(&host, units, 8, &count), E_VIRTIO_TIMEOUT);
	assert_int_equal(host.broken, E_VIRTIO_TIMEOUT);
}

static void test_scsi_open(void **state)
{
	(void)state;
	plug(VIRTIO_ID_SCSI, true, 512);
	F.attention = 3;			/* power on, bus reset... */
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), 0);
	F.attention = 1;			/* in the middle of a read: once more */
	read_is(0, DISK_SIZE);
	F.attention = 1000;
	assert_int_equal(disk_read(&disk, 0, to, 512), E_DISK_READ);
	assert_int_equal(open_disk(), E_SCSI);
	plug(VIRTIO_ID_SCSI, true, 512);
	F.scsi_type = 1;			/* a tape */
	assert_int_equal(open_host(), 0);
	assert_int_equal(open_disk(), E_SCSI);
	assert_string_equal(error_text(), "target 3 LUN 5 is of type 0x1");
	F.scsi_type = 0x20 | SCSI_TYPE_NONE;	/* LUN 0 is listed, whether it is there or not */
	assert_int_equal(open_disk(), E_NO_BOOT_IMAGE);
	F.scsi_type = 0x60 | SCSI_TYPE_NONE;
	assert_int_equal(open_disk(), E_NO_BOOT_IMAGE);
	F.scsi_type = SCSI_TYPE_CDROM;
	assert_int_equal(open_disk(), 0);
	assert_int_equal(disk_open(&disk, &host, (struct disk_unit){ 4, 0 }), E_DISK_READ);
	F.capacity_16 = true;
	assert_int_equal(open_disk(), 0);
	assert_int_equal(disk_size(&disk), DISK_SIZE);
	F.evil = LEN_LARGE;
	F.evil_after = UINT32_MAX;
	assert_int_equal(open_disk(), E_SCSI);	/* 2^64 blocks */
	F.evil = STATUS_ERROR;
	for (uint32_t after = 0; after < 4; after++) {	/* each of the commands fails once */
		F.evil_after = F.requests + after;
		assert_int_equal(open_disk(), E_DISK_READ);
	}
	F.evil = NEVER;
	F.evil_after = 0;
	assert_int_equal(open_disk(), E_VIRTIO_TIMEOUT);
	assert_int_equal(host.broken, E_VIRTIO_TIMEOUT);
}

/* A chain may have any number, also that of an error. */
static void test_scsi_chain_number(void **state)
{
	struct ring *ring = &host.queue.ring;
	struct disk_unit units[8];
	uint32_t count;

	(void)state;
	plug(VIRTIO_ID_SCSI, false, 512);
	F.queue[2].size = 1024;
	assert_int_equal(open_host(), 0);
	ring->free = E_VIRTIO_QUEUE;	/* all before it are in use */
	ring->free_count = (uint16_t)(ring->size - E_VIRTIO_QUEUE);
	assert_int_equal(disk_units(&host, units, 8, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(open_disk(), 0);
	read_is(0, 512);
}

/* READ(16) where 32 bits of block are not enough. */
static void test_scsi_large(void **state)
{
	const uint8_t *cdb;

	(void)state;
	start(VIRTIO_ID_SCSI, true, 512);
	disk.blocks = 1UL << 40;
	assert_int_equal(disk_read(&disk, 0x123456789a00, to, 1024), E_DISK_READ);
	cdb = host.slot[0].out + offsetof(struct virtio_scsi_req, cdb);
	assert_int_equal(cdb[0], SCSI_READ_16);
	assert_int_equal(be64_load(cdb + 2), 0x123456789a00 / 512);
	assert_int_equal(be32_load(cdb + 10), 2);
}

static void test_scsi_replies(void **state)
{
	struct virtio_scsi_resp resp = { .status = SCSI_GOOD };
	struct disk_unit units[64];
	uint8_t reply[SCSI_REPLY_MAX];
	uint64_t blocks;
	uint32_t block_size;

	(void)state;
	assert_int_equal(scsi_judge((uint8_t *)&resp, 0), 0);
	resp.residual[3] = 1;
	assert_int_equal(scsi_judge((uint8_t *)&resp, 0), E_DISK_READ);
	assert_int_equal(scsi_judge((uint8_t *)&resp, 8), 0);
	resp.status = SCSI_CHECK_CONDITION;
	assert_int_equal(scsi_judge((uint8_t *)&resp, 0), E_DISK_READ);
	resp.sense[0] = 0xf0;
	resp.sense[2] = 2;
	assert_int_equal(scsi_judge((uint8_t *)&resp, 0), E_SCSI);	/* no medium */
	resp.sense[2] = 0x46;
	assert_int_equal(scsi_judge((uint8_t *)&resp, 0), DISK_AGAIN);
	resp.sense[0] = SCSI_SENSE_DESCRIPTOR;
	assert_int_equal(scsi_judge((uint8_t *)&resp, 0), E_DISK_READ);
	resp.sense[1] = 6;
	assert_int_equal(scsi_judge((uint8_t *)&resp, 0), DISK_AGAIN);
	resp.response = 9;
	assert_int_equal(scsi_judge((uint8_t *)&resp, 0), E_DISK_READ);
	memset(reply, 0xff, sizeof(reply));
	assert_false(scsi_capacity_10(reply, &blocks, &block_size));
	assert_int_equal(scsi_capacity_16(reply, &blocks, &block_size), E_SCSI);
	assert_int_equal(scsi_luns(reply, 0, units, 64), 0);	/* a list longer than the reply, of methods unknown */
	memset(reply, 0, sizeof(reply));
	be32_store(reply, 0xffffffff);
	assert_int_equal(scsi_luns(reply, 7, units, 64), (SCSI_REPLY_MAX - 8) / 8);
	assert_int_equal(scsi_luns(reply, 7, units, 5), 5);
	be32_store(reply, 7);
	assert_int_equal(scsi_luns(reply, 7, units, 64), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_reads), TEST(test_one_notification), TEST(test_past_the_end), TEST(test_limits),
		TEST(test_shapes), TEST(test_capacity), TEST(test_evil), TEST(test_no_notify), TEST(test_iommu),
		TEST(test_units), TEST(test_scsi_open), TEST(test_scsi_chain_number), TEST(test_scsi_large), TEST(test_scsi_replies),
		TEST(test_slow_disk_hints), TEST(test_silent_disk_hints), TEST(test_default_patience_hints),
	};

	return RUN(tests);
}
