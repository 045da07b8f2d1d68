// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/scsi_reply.h"

#include "abi/scsi.h"
#include "abi/virtio.h"
#include "lib/endian.h"
#include "lib/error.h"
#include "lib/string.h"

/* LUN formats, SAM-5 4.7.7: peripheral device and flat space, both with bus 0 */
#define LUN_METHOD(high)      ((high) >> 6)
#define LUN_PERIPHERAL	      0
#define LUN_FLAT	      1

static uint32_t sense_key(const uint8_t *sense)
{
	uint32_t code = sense[0] & 0x7f;

	if (code == SCSI_SENSE_FIXED)
		return sense[2] & 0xf;
	return code == SCSI_SENSE_DESCRIPTOR ? sense[1] & 0xf : 0;
}

int scsi_judge(const uint8_t *answer, uint32_t room)
{
	struct virtio_scsi_resp resp;
	uint32_t key, residual;

	memcpy(&resp, answer, sizeof(resp));
	key = sense_key(resp.sense);
	/* Both devices' fields that are numbers are in ring order; only "none" matters here. */
	memcpy(&residual, resp.residual, sizeof(residual));
	if (resp.response != VIRTIO_SCSI_S_OK)
		return error(E_DISK_READ, "virtio-scsi response %u", resp.response);
	if (resp.status == SCSI_BUSY || (resp.status == SCSI_CHECK_CONDITION &&
					 (key == SCSI_SENSE_UNIT_ATTENTION)))
		return DISK_AGAIN;
	if (resp.status != SCSI_GOOD)
		return error(key == SCSI_SENSE_NOT_READY ? E_SCSI : E_DISK_READ,
			     "SCSI status 0x%x, sense key 0x%x", resp.status, key);
	if (room == 0 && residual)
		return error(E_DISK_READ, "the disk read less than asked for");
	return 0;
}

bool scsi_capacity_10(const uint8_t *reply, uint64_t *blocks, uint32_t *block_size)
{
	uint32_t last = be32_load(reply);

	*blocks = (uint64_t)last + 1;
	*block_size = be32_load(reply + 4);
	return last != UINT32_MAX;
}

int scsi_capacity_16(const uint8_t *reply, uint64_t *blocks, uint32_t *block_size)
{
	uint64_t last = be64_load(reply);

	*block_size = be32_load(reply + 8);
	if (__builtin_add_overflow(last, (uint64_t)1, blocks))
		return error(E_SCSI, "last block 0x%lx", last);
	return 0;
}

uint32_t scsi_luns(const uint8_t *reply, uint8_t target, struct disk_unit *units, uint32_t max)
{
	uint32_t size = be32_load(reply), count = 0;

	if (size > SCSI_REPLY_MAX - SCSI_LUNS_HEADER)
		size = SCSI_REPLY_MAX - SCSI_LUNS_HEADER;
	for (uint32_t at = 0; at + SCSI_LUN_SIZE <= size && count < max; at += SCSI_LUN_SIZE) {
		uint16_t lun = be16_load(reply + SCSI_LUNS_HEADER + at);
		uint32_t method = LUN_METHOD(lun >> 8);

		if (method == LUN_FLAT || (method == LUN_PERIPHERAL && lun < 0x100))
			units[count++] = (struct disk_unit){ target, lun & 0x3fff };
	}
	return count;
}
