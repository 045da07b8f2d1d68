/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What SCSI targets answer: bytes that a hostile host chooses. Pure functions, no seams. */
#ifndef VIRTIO_SCSI_REPLY_H
#define VIRTIO_SCSI_REPLY_H

#include "virtio/disk_host.h"

#define SCSI_CAPACITY_10_SIZE 8
#define SCSI_CAPACITY_16_SIZE 32
#define SCSI_REPLY_MAX	      256	/* room for data in a slot */

/*
 * scsi_judge() - the fate of a command.
 * @answer: struct virtio_scsi_resp, read once
 * @room:   bytes of reply that the caller depends on being there at most
 * Returns 0, DISK_AGAIN (unit attention, busy), E_SCSI (not ready) or E_DISK_READ. A read that came
 * back short is an error; a short reply is for the reader of the reply to judge (@room != 0).
 */
int scsi_judge(const uint8_t *answer, uint32_t room);

/* READ CAPACITY (10). False if the disk is too large for it. */
bool scsi_capacity_10(const uint8_t *reply, uint64_t *blocks, uint32_t *block_size);

/* READ CAPACITY (16). 0 or E_SCSI. */
int scsi_capacity_16(const uint8_t *reply, uint64_t *blocks, uint32_t *block_size);

/*
 * The LUNs of a REPORT LUNS reply (SCSI_REPLY_MAX bytes), sorted as they come. Returns how many, at
 * most @max.
 */
uint32_t scsi_luns(const uint8_t *reply, uint8_t target, struct disk_unit *units, uint32_t max);

#endif /* VIRTIO_SCSI_REPLY_H */
