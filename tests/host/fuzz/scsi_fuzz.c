// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the answers of SCSI targets. */
#include "abi/virtio.h"
#include "lib/fail.h"
#include "tests/host/fuzz/fuzz.h"
#include "virtio/scsi_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk_unit units[40];
	uint64_t blocks;
	uint32_t block_size, most;
	int rc;

	if (size < 1)
		return 0;
	most = data[0] % 41;
	data++, size--;
	if (size >= sizeof(struct virtio_scsi_resp)) {
		rc = scsi_judge(data, data[0] & 1);
		MUST(rc == 0 || rc == DISK_AGAIN || rc == E_DISK_READ || rc == E_SCSI);
	}
	if (size >= SCSI_CAPACITY_10_SIZE && scsi_capacity_10(data, &blocks, &block_size))
		MUST(blocks && blocks <= UINT32_MAX);
	if (size >= SCSI_CAPACITY_16_SIZE && scsi_capacity_16(data, &blocks, &block_size) == 0)
		MUST(blocks);
	if (size >= SCSI_REPLY_MAX) {
		uint32_t count = scsi_luns(data, 9, units, most);

		MUST(count <= most);
		for (uint32_t i = 0; i < count; i++)
			MUST(units[i].target == 9 && units[i].lun < 0x4000);
	}
	return 0;
}
