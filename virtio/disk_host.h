/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device with disks, while it is in use: what virtio/disk.c and the kinds, blk.c and scsi.c,
 * share.
 */
#ifndef VIRTIO_DISK_HOST_H
#define VIRTIO_DISK_HOST_H

#include "virtio/device.h"

struct disk;
struct disk_host;

/* One request in flight: what the device reads, its answer, and room for a small reply. */
struct disk_slot {
	uint8_t out[64], in[192], data[256];
};

#define DISK_SLOTS	64
#define DISK_PATIENCE	120	/* seconds: busy storage may stand still for a minute */
#define DISK_JUNK	4096
#define DISK_BLOCK_MAX DISK_JUNK
#define DISK_BUFFERS_MIN 3	/* data buffers of a request: data, and junk on both sides */
#define DISK_MEMORY	(RING_BYTES + DISK_SLOTS * sizeof(struct disk_slot) + DISK_JUNK)

/* How reads are said and answered. */
struct disk_protocol {
	uint32_t out_size, in_size;
	bool in_first;		/* the answer comes before the data */
	void (*prepare)(const struct disk *disk, struct disk_slot *slot, uint64_t block,
			uint32_t blocks);
	/* 0, DISK_AGAIN or E_* */
	int (*finish)(const struct disk *disk, const struct disk_slot *slot);
};
#define DISK_AGAIN (-1)		/* the device says that the same may work now */

/* A device in use. */
struct disk_host {
	struct virtio device;
	struct queue queue;
	struct disk_slot *slot;		/* DISK_SLOTS of them */
	uint8_t *junk;
	uint8_t slot_of[RING_MAX];	/* by number of the chain */
	const struct disk_protocol *protocol;
	uint32_t buffer_max;		/* bytes of one buffer */
	uint32_t buffers_max;		/* data buffers of one request */
	uint64_t request_max;		/* bytes of one request */
	uint32_t targets;		/* SCSI: how many to look for */
	uint64_t requests;		/* made so far */
	/* the error after which the device cannot be used any more */
	int broken;
};

/* One of the disks behind a host. */
struct disk_unit {
	uint8_t target;
	uint16_t lun;
};

struct disk {
	struct disk_host *host;
	struct disk_unit unit;
	uint64_t blocks;
	uint32_t block_size;		/* a power of two, 512 to DISK_BLOCK_MAX */
};

#endif /* VIRTIO_DISK_HOST_H */
