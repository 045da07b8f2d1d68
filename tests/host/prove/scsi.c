// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: of any SCSI reply nothing outside is read; a capacity does not wrap, units are as many
 *     as there is room for, and their LUNs of 14 bits
 * bounds: every reply, room for up to four units
 * sources: virtio/scsi_reply.c
 * cbmc: --unwind 34
 * run: all
 */
#include "virtio/scsi_reply.h"

#include "abi/virtio.h"
#include "lib/error.h"
#include "tests/host/prove/prove.h"

static uint8_t reply[SCSI_REPLY_MAX], answer[sizeof(struct virtio_scsi_resp)];
static struct disk_unit units[4];

int main(void)
{
	uint32_t max = any32(), block_size, count;
	uint64_t blocks;
	uint8_t target = any8();
	int rc;

	any_value(answer);
	rc = scsi_judge(answer, any32());
	claim(rc == 0 || rc == DISK_AGAIN || rc == E_SCSI || rc == E_DISK_READ);
	if (scsi_capacity_10(any_bytes(reply, SCSI_CAPACITY_10_SIZE), &blocks, &block_size))
		claim(blocks > 0 && blocks <= UINT32_MAX);
	if (scsi_capacity_16(any_bytes(reply, SCSI_CAPACITY_16_SIZE), &blocks, &block_size) == 0)
		claim(blocks > 0);
	given(max <= 4);
	any_value(reply);
	count = scsi_luns(reply, target, units + 4 - max, max);
	claim(count <= max);
	for (uint32_t i = 0; i < count; i++)
		claim(units[4 - max + i].target == target && units[4 - max + i].lun <= 0x3fff);
	return 0;
}
