// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/blk.h"

#include "abi/virtio.h"
#include "lib/endian.h"
#include "lib/error.h"

#define REQUEST_MAX (16UL << 20)

int blk_configure(struct disk_host *host)
{
	const struct virtio *device = &host->device;
	uint64_t size_max = UINT32_MAX, seg_max = UINT32_MAX;
	int rc = 0;

	if (device->features & VIRTIO_BLK_F_SIZE_MAX)
		rc = virtio_config(device, VIRTIO_BLK_CFG_SIZE_MAX, 4, &size_max);
	if (rc == 0 && (device->features & VIRTIO_BLK_F_SEG_MAX))
		rc = virtio_config(device, VIRTIO_BLK_CFG_SEG_MAX, 4, &seg_max);
	if (rc)
		return rc;
	if (size_max < DISK_BLOCK_MAX || seg_max < DISK_BUFFERS_MIN)
		return error(E_DISK_SHAPE, "buffers of %lu bytes, %lu of them", size_max, seg_max);
	host->buffer_max = (uint32_t)size_max;
	host->buffers_max = (uint32_t)seg_max;
	host->request_max = REQUEST_MAX;
	return 0;
}

int blk_open(struct disk *disk)
{
	const struct virtio *device = &disk->host->device;
	uint64_t sectors, block_size = VIRTIO_BLK_SECTOR, bytes;
	int rc = virtio_config(device, VIRTIO_BLK_CFG_CAPACITY, 8, &sectors);

	if (rc == 0 && (device->features & VIRTIO_BLK_F_BLK_SIZE))
		rc = virtio_config(device, VIRTIO_BLK_CFG_BLK_SIZE, 4, &block_size);
	if (rc)
		return rc;
	if (block_size == 0 || __builtin_mul_overflow(sectors, (uint64_t)VIRTIO_BLK_SECTOR, &bytes))
		return error(E_DISK_SHAPE, "%lu sectors, blocks of %lu bytes", sectors, block_size);
	disk->block_size = (uint32_t)block_size;
	disk->blocks = bytes / block_size;
	return 0;
}

static void prepare_read(const struct disk *disk, struct disk_slot *slot, uint64_t block,
			 uint32_t blocks)
{
	uint64_t sector = block * (disk->block_size / VIRTIO_BLK_SECTOR);
	uint8_t *type = slot->out + offsetof(struct virtio_blk_req, type);
	uint8_t *at = slot->out + offsetof(struct virtio_blk_req, sector);

	(void)blocks;		/* the buffers say it */
	if (disk->host->queue.ring.little) {
		le64_store(type, VIRTIO_BLK_T_IN);
		le64_store(at, sector);
	} else {
		be64_store(type, (uint64_t)VIRTIO_BLK_T_IN << 32);
		be64_store(at, sector);
	}
}

static int finish_read(const struct disk *disk, const struct disk_slot *slot)
{
	uint8_t status = *(const volatile uint8_t *)slot->in;

	(void)disk;
	return status == VIRTIO_BLK_S_OK ? 0 : error(E_DISK_READ, "virtio-blk status %u", status);
}

const struct disk_protocol blk_protocol = {
	sizeof(struct virtio_blk_req), 1, false, prepare_read, finish_read,
};
