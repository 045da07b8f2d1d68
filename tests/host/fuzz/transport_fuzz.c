// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device behind the seams that works, but for what the fuzzer changes: any register and any bytes of
 * configuration space as they are read, and any byte of the memory that it was given. The driver finds
 * its structures, opens it, looks for disks and reads; what it reads to lies between red zones.
 */
#include "abi/virtio.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/rtas.h"
#include "tests/host/fake/fake.h"
#include "tests/host/fake/virtio.h"
#include "tests/host/fuzz/fuzz.h"
#include "virtio/disk.h"

#define F	  fake_virtio
#define SIZE	  20000
#define DISK_SIZE 65536

static struct input input;
static struct disk_host host;
static uint8_t *dma, contents[DISK_SIZE];
static uint32_t (*good_read)(uint64_t address, uint32_t size);
static void (*good_write)(uint64_t address, uint32_t size, uint32_t value);
static int (*good_rtas)(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets);

/* What the driver sees instead of @value. */
static uint32_t change(uint32_t value, uint32_t size)
{
	uint64_t how = take(&input, 1);

	if (how % 16 == 1)
		return (uint32_t)take(&input, size);
	return how % 16 == 2 ? value ^ 1U << (how >> 4) : value;
}

/* The device writes to used rings, descriptors and answers, after it has done its work. */
static void scribble(void)
{
	uint64_t how = take(&input, 1);
	size_t size = 1 + (how >> 4), at = take(&input, 2);

	if (how % 8 == 1)
		at = (size_t)(host.queue.ring.used - dma) + at % 40;
	else if (how % 8 == 2)
		at = RING_BYTES + at % DISK_SLOTS * sizeof(struct disk_slot) + 64 + (at >> 8);
	else if (how % 8 == 3)
		at %= 4096;
	else
		return;
	for (size_t i = 0; i < size && at + i < DISK_MEMORY && host.queue.ring.used; i++)
		dma[at + i] = (uint8_t)take(&input, 1);
}

static uint32_t read_register(uint64_t address, uint32_t size)
{
	uint32_t value = change(good_read(address, size), size);

	/* The size of a legacy ring cannot be set: let the device believe what it said. */
	if (!F.modern && (address & 0x7f) == VIRTIO_LEGACY_QUEUE_NUM && F.select < 4)
		F.queue[F.select].size = value & 0xffff;
	return value & (0xffffffffU >> (32 - 8 * size));
}

static void write_register(uint64_t address, uint32_t size, uint32_t value)
{
	good_write(address, size, value);
	scribble();
}

static int rtas(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	int status = good_rtas(token, args, nargs, rets, nrets);

	if (rets)
		*rets = change(*rets, args[3]) & (0xffffffffU >> (32 - 8 * args[3]));
	return take(&input, 1) == 0xfe ? RTAS_HARDWARE_ERROR : status;
}

static void set_up(uint64_t first)
{
	bool modern = first & 2;

	fake_virtio_reset(first & 1 ? VIRTIO_ID_SCSI : VIRTIO_ID_BLOCK, modern);
	good_read = fake.mmio_read, good_write = fake.mmio_write, good_rtas = fake.rtas;
	fake.mmio_read = read_register, fake.mmio_write = write_register, fake.rtas = rtas;
	fake.timebase_step = 512000000 / 4;	/* twenty looks at the clock are a time-out */
	fake.console_size = 0;
	F.disk = contents;
	F.disk_size = DISK_SIZE;
	F.lun[0] = 5;
	F.lun[1] = 300;
	F.luns = 2;
	F.attention = first >> 2 & 1;
	F.capacity_16 = first >> 3 & 1;
	F.evil = (enum fake_evil)((first >> 8) % (EMPTY + 1));
	F.evil_after = first >> 13 & 7;
	if (F.evil == REWRITE)		/* scribble() does it, when the device itself needs them no more */
		F.evil = GOOD;
	F.function->bridges = first >> 4 & 1;
	F.function->bridge[0] = 0x800;
	if (first & 1) {
		(modern ? le32_store : be32_store)(F.device_config + VIRTIO_SCSI_CFG_SEG_MAX, 254);
		(modern ? le32_store : be32_store)(F.device_config + VIRTIO_SCSI_CFG_MAX_SECTORS, 64);
		(modern ? le16_store : be16_store)(F.device_config + VIRTIO_SCSI_CFG_MAX_TARGET, 3);
	} else {
		F.features |= VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_SEG_MAX | (first >> 5 & 1 ? VIRTIO_BLK_F_SIZE_MAX : 0);
		(modern ? le64_store : be64_store)(F.device_config, DISK_SIZE / 512);
		(modern ? le32_store : be32_store)(F.device_config + VIRTIO_BLK_CFG_SIZE_MAX, 5000);
		(modern ? le32_store : be32_store)(F.device_config + VIRTIO_BLK_CFG_SEG_MAX, 254);
		(modern ? le32_store : be32_store)(F.device_config + VIRTIO_BLK_CFG_BLK_SIZE, 512);
	}
	if (first & 0x40 && modern)
		F.features |= VIRTIO_F_ACCESS_PLATFORM;
	F.bus.phb[0].dma.bus.end = UINT64_MAX - 4096;
	F.tce_base = first & 0x80 ? (uintptr_t)dma : 0;
	memset(&host, 0, sizeof(host));
}

/* True if the device had to be closed. */
static bool read_disk(struct disk_unit unit)
{
	uint64_t offset = take(&input, 4), size = take(&input, 2) % SIZE;
	struct disk disk;
	uint8_t *to;

	if (disk_open(&disk, &host, unit))
		return false;
	MUST(disk.block_size >= 512 && disk.block_size <= DISK_BLOCK_MAX && disk_size(&disk));
	to = malloc(size + 1);
	disk_read(&disk, disk_size(&disk) > size ? offset % (disk_size(&disk) - size) : offset, to, size);
	/* What still runs may write to it until the device is closed. */
	if (host.broken)
		disk_host_close(&host);
	free(to);
	return host.broken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk_unit units[4];
	uint32_t count = 0;
	bool closed = false;

	if (!dma)
		dma = fake_memory(DISK_MEMORY);
	input = (struct input){ data, size };
	set_up(take(&input, 3));
	if (disk_host_open(&host, &F.bus, F.function, dma))
		return 0;
	MUST(host.queue.ring.size && host.queue.ring.size <= RING_MAX);
	disk_units(&host, units, 4, &count);
	MUST(count <= 4);
	for (uint32_t i = 0; i < count && !host.broken; i++)
		closed = read_disk(units[i]);
	if (!closed)
		disk_host_close(&host);
	MUST(F.bus.open_bridges == 0 || F.bus.open[0].users == 0);
	return 0;
}
