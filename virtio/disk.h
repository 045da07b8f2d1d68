/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading disks, whatever is behind them: virtio-blk (one disk a device) or virtio-scsi (many).
 *
 * Data goes straight to its final place: of a range that begins or ends inside a block, the rest of
 * that block is read into junk. Everything is queued before the device is notified once.
 */
#ifndef VIRTIO_DISK_H
#define VIRTIO_DISK_H

#include "virtio/device.h"

struct disk;
struct disk_host;

/* One request in flight: what the device reads, its answer, and room for a small reply. */
struct disk_slot {
	uint8_t out[64], in[192], data[256];
};

#define DISK_SLOTS	64
#define DISK_JUNK	4096
#define DISK_BLOCK_MAX DISK_JUNK
#define DISK_BUFFERS_MIN 3	/* data buffers of a request: data, and junk on both sides */
#define DISK_MEMORY	(RING_BYTES + DISK_SLOTS * sizeof(struct disk_slot) + DISK_JUNK)

/* How reads are said and answered. */
struct disk_protocol {
	uint32_t out_size, in_size;
	bool in_first;		/* the answer comes before the data */
	void (*prepare)(const struct disk *disk, struct disk_slot *slot, uint64_t block, uint32_t blocks);
	int (*finish)(const struct disk *disk, const struct disk_slot *slot);	/* 0, DISK_AGAIN or E_* */
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
	uint32_t buffer_most;		/* bytes of one buffer */
	uint32_t buffers_most;		/* data buffers of one request */
	uint64_t request_most;		/* bytes of one request */
	uint32_t targets;		/* SCSI: how many to look for */
	uint64_t requests;		/* made so far */
	int broken;			/* the error after which the device cannot be used any more */
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

/*
 * disk_host_open() - a VIRTIO_ID_BLOCK or VIRTIO_ID_SCSI function.
 * @memory: DISK_MEMORY bytes, a page aligned
 * Returns 0 or an error of virtio_open() and virtio_queue(), or of the configuration.
 */
int disk_host_open(struct disk_host *host, struct pci_bus *bus, const struct pci_function *function,
		   void *memory);

/* Nothing of it touches memory afterwards: virtio_close(). */
int disk_host_close(struct disk_host *host);

/*
 * disk_units() - the disks behind a host, @most at most, in order of target and LUN.
 * @count: how many there are. Returns 0 or an error after which the host should be closed.
 */
int disk_units(struct disk_host *host, struct disk_unit *units, uint32_t most, uint32_t *count);

/* Open one: size and block size. Returns 0, E_DISK_SHAPE, E_SCSI or an error of the ring. */
int disk_open(struct disk *disk, struct disk_host *host, struct disk_unit unit);

static inline uint64_t disk_size(const struct disk *disk)
{
	return disk->blocks * disk->block_size;
}

/*
 * disk_read() - bytes [@offset, @offset + @size) of the disk, to @to.
 * Returns 0, E_DISK_READ (also for what lies behind the end), E_VIRTIO_RING, E_VIRTIO_TIMEOUT or
 * E_VIRTIO_IOMMU. After E_VIRTIO_* the device may still write to @to until it is closed.
 */
int disk_read(struct disk *disk, uint64_t offset, void *to, uint64_t size);

/* For virtio/blk.c and virtio/scsi.c: what disk_host_open() and disk_open() do for each kind. */
extern const struct disk_protocol blk_protocol, scsi_protocol;
int blk_configure(struct disk_host *host);
int blk_open(struct disk *disk);
int scsi_configure(struct disk_host *host);
int scsi_units(struct disk_host *host, struct disk_unit *units, uint32_t most, uint32_t *count);
int scsi_open(struct disk *disk);

#endif /* VIRTIO_DISK_H */
