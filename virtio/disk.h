/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading disks, whatever is behind them: virtio-blk (one disk a device) or virtio-scsi (many).
 *
 * Data goes straight to its final place: of a range that begins or ends inside a block, the rest of
 * that block is read into junk. Everything is queued before the device is notified once.
 */
#ifndef VIRTIO_DISK_H
#define VIRTIO_DISK_H

#include "virtio/disk_host.h"

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
 * disk_units() - the disks behind a host, @max at most, in order of target and LUN.
 * @count: how many there are. Returns 0 or an error after which the host should be closed.
 */
int disk_units(struct disk_host *host, struct disk_unit *units, uint32_t max, uint32_t *count);

/* Open one: size and block size. Returns 0, E_NO_BOOT_IMAGE (there is none), E_DISK_SHAPE, E_SCSI
 * or an error of the ring. */
int disk_open(struct disk *disk, struct disk_host *host, struct disk_unit unit);

static inline uint64_t disk_size(const struct disk *disk)
{
	return disk->blocks * disk->block_size;
}

/*
 * disk_read() - bytes [@offset, @offset + @size) of the disk, to @to.
 * Returns 0, E_DISK_READ (also for what lies after the end), E_VIRTIO_RING, E_VIRTIO_TIMEOUT or
 * E_VIRTIO_IOMMU. After E_VIRTIO_* the device may still write to @to until it is closed.
 */
int disk_read(struct disk *disk, uint64_t offset, void *to, uint64_t size);

#endif /* VIRTIO_DISK_H */
