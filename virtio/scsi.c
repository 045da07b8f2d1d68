// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/scsi.h"

#include "abi/scsi.h"
#include "abi/virtio.h"
#include "lib/endian.h"
#include "lib/error.h"
#include "lib/string.h"
#include "virtio/scsi_reply.h"

#define TRIES	     8		/* UNIT ATTENTION comes once for each thing that happened */
#define BLOCKS_10    0xffffU	/* READ(10) has 16 bits for the count */
#define REQUEST_MAX (16UL << 20)

int scsi_configure(struct disk_host *host)
{
	uint64_t seg_max, sectors, target;
	int rc;

	if ((rc = virtio_config(&host->device, VIRTIO_SCSI_CFG_SEG_MAX, 4, &seg_max)) ||
	    (rc = virtio_config(&host->device, VIRTIO_SCSI_CFG_MAX_SECTORS, 4, &sectors)) ||
	    (rc = virtio_config(&host->device, VIRTIO_SCSI_CFG_MAX_TARGET, 2, &target)))
		return rc;
	if (seg_max < DISK_BUFFERS_MIN || sectors * VIRTIO_BLK_SECTOR < DISK_BLOCK_MAX)
		return error(E_DISK_SHAPE, "%lu buffers, %lu sectors a request", seg_max, sectors);
	host->buffer_max = UINT32_MAX;
	host->buffers_max = (uint32_t)seg_max;
	host->request_max = sectors * VIRTIO_BLK_SECTOR;
	if (host->request_max > REQUEST_MAX)
		host->request_max = REQUEST_MAX;
	host->targets = target < 0xff ? (uint32_t)target + 1 : 0x100;
	return 0;
}

/* What the device reads. Tag and the rest stay 0: requests are told apart by their chain. */
static void address_unit(struct disk_slot *slot, struct disk_unit unit)
{
	struct virtio_scsi_req *req = (struct virtio_scsi_req *)slot->out;

	memset(req, 0, sizeof(*req));
	req->lun[0] = 1;
	req->lun[1] = unit.target;
	be16_store(req->lun + 2, unit.lun | 0x4000);
}

static void prepare_read(const struct disk *disk, struct disk_slot *slot, uint64_t block,
			 uint32_t blocks)
{
	uint8_t *cdb = slot->out + offsetof(struct virtio_scsi_req, cdb);

	address_unit(slot, disk->unit);
	if (block <= UINT32_MAX && blocks <= BLOCKS_10) {
		cdb[0] = SCSI_READ_10;
		be32_store(cdb + 2, (uint32_t)block);
		be16_store(cdb + 7, (uint16_t)blocks);
	} else {
		cdb[0] = SCSI_READ_16;
		be64_store(cdb + 2, block);
		be32_store(cdb + 10, blocks);
	}
}

static int finish_read(const struct disk *disk, const struct disk_slot *slot)
{
	(void)disk;
	return scsi_judge(slot->in, 0);
}

const struct disk_protocol scsi_protocol = {
	sizeof(struct virtio_scsi_req),
	sizeof(struct virtio_scsi_resp),
	true,
	prepare_read,
	finish_read,
};

/* Queue a command whose reply, if any, goes to the slot's data. Returns 0 or E_VIRTIO_QUEUE. */
static int submit_command(struct disk_host *host, struct disk_slot *slot, struct disk_unit unit,
		  const uint8_t *cdb, size_t cdb_size, uint32_t reply)
{
	const struct ring_buf bufs[] = {
		{ (uintptr_t)slot->out, sizeof(struct virtio_scsi_req) },
		{ (uintptr_t)slot->in, sizeof(struct virtio_scsi_resp) },
		{ (uintptr_t)slot->data, reply },
	};
	address_unit(slot, unit);
	memcpy(slot->out + offsetof(struct virtio_scsi_req, cdb), cdb, cdb_size);
	memset(slot->in, 0xff, sizeof(struct virtio_scsi_resp));
	memset(slot->data, 0, reply);
	if (ring_add(&host->queue.ring, bufs, 1, reply ? 2 : 1) < 0)
		return error(E_VIRTIO_QUEUE, "the ring is too small");
	return 0;
}

/* One command, again while the unit only reports what happened to it. Its reply is in slot 0. */
static int run_command(struct disk *disk, const uint8_t *cdb, size_t cdb_size, uint32_t reply)
{
	struct disk_host *host = disk->host;
	struct disk_slot *slot = &host->slot[0];
	uint16_t id;
	uint32_t size;
	int rc = DISK_AGAIN;

	for (int tries = 0; rc == DISK_AGAIN && tries < TRIES; tries++) {
		rc = submit_command(host, slot, disk->unit, cdb, cdb_size, reply);
		if (rc)
			return rc;
		queue_kick(&host->queue);
		rc = queue_wait(&host->queue, &id, &size);
		if (rc) {
			host->broken = rc;
			return rc;
		}
		rc = scsi_judge(slot->in, reply);
	}
	return rc == DISK_AGAIN ? error(E_SCSI, "target %u LUN %u is never ready",
					disk->unit.target, disk->unit.lun) :
				  rc;
}

/* Is it a disk or a CD-ROM, and ready? */
static int inquire_unit(struct disk *disk)
{
	const uint8_t inquiry[6] = { SCSI_INQUIRY, 0, 0, 0, SCSI_INQUIRY_MIN };
	const uint8_t ready[6] = { SCSI_TEST_UNIT_READY };
	uint8_t type;
	int rc = run_command(disk, inquiry, sizeof(inquiry), SCSI_INQUIRY_MIN);

	if (rc)
		return rc;
	type = *(const volatile uint8_t *)disk->host->slot[0].data;
	if ((type & SCSI_TYPE_NONE) == SCSI_TYPE_NONE)
		return error(E_NO_BOOT_IMAGE, "target %u has no LUN %u", disk->unit.target,
			     disk->unit.lun);
	if (type != SCSI_TYPE_DISK && type != SCSI_TYPE_CDROM)
		return error(E_SCSI, "target %u LUN %u is of type 0x%x", disk->unit.target,
			     disk->unit.lun, type);
	return run_command(disk, ready, sizeof(ready), 0);
}

int scsi_open(struct disk *disk)
{
	const uint8_t capacity_10[10] = { SCSI_READ_CAPACITY_10 };
	const uint8_t capacity_16[16] = { SCSI_SERVICE_ACTION_IN, SCSI_SAI_READ_CAPACITY_16,
					  [13] = SCSI_CAPACITY_16_SIZE };
	const uint8_t *reply = disk->host->slot[0].data;
	int rc = inquire_unit(disk);

	if (rc == 0)
		rc = run_command(disk, capacity_10, sizeof(capacity_10), SCSI_CAPACITY_10_SIZE);
	if (rc)
		return rc;
	if (scsi_capacity_10(reply, &disk->blocks, &disk->block_size))
		return 0;
	rc = run_command(disk, capacity_16, sizeof(capacity_16), SCSI_CAPACITY_16_SIZE);
	return rc ? rc : scsi_capacity_16(reply, &disk->blocks, &disk->block_size);
}

/*
 * REPORT LUNS to as many targets as there are slots; QEMU answers for a target without LUN 0, too.
 */
static int ask_targets(struct disk_host *host, uint32_t first, uint32_t count)
{
	const uint8_t cdb[12] = { SCSI_REPORT_LUNS, [8] = SCSI_REPLY_MAX >> 8,
				  SCSI_REPLY_MAX & 0xff };

	for (uint32_t i = 0; i < count; i++) {
		struct disk_unit unit = { (uint8_t)(first + i), 0 };
		int rc = submit_command(host, &host->slot[i], unit, cdb, sizeof(cdb),
					SCSI_REPLY_MAX);

		if (rc)
			return rc;
	}
	queue_kick(&host->queue);
	for (uint32_t i = 0; i < count; i++) {
		uint16_t id;
		uint32_t size;
		int rc = queue_wait(&host->queue, &id, &size);

		if (rc) {
			host->broken = rc;
			return rc;
		}
	}
	return 0;
}

/* Most targets do not exist: no sentence is made for each. */
static bool target_answered(const struct disk_slot *slot)
{
	const struct virtio_scsi_resp *resp = (const struct virtio_scsi_resp *)slot->in;

	return resp->response == VIRTIO_SCSI_S_OK && resp->status == SCSI_GOOD;
}

int scsi_units(struct disk_host *host, struct disk_unit *units, uint32_t max, uint32_t *count)
{
	uint32_t batch = host->queue.ring.size / 3U;

	batch = batch < DISK_SLOTS ? batch : DISK_SLOTS;
	*count = 0;
	for (uint32_t first = 0; first < host->targets; first += batch) {
		uint32_t asked = host->targets - first < batch ? host->targets - first : batch;
		int rc = ask_targets(host, first, asked);

		if (rc)
			return rc;
		for (uint32_t i = 0; i < asked; i++)
			if (target_answered(&host->slot[i]))
				*count += scsi_luns(host->slot[i].data, (uint8_t)(first + i),
						    units + *count, max - *count);
	}
	return 0;
}
