/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-scsi (virtio 1.2, 5.6), many disks behind one device: what disk_*() do for it. */
#ifndef VIRTIO_SCSI_H
#define VIRTIO_SCSI_H

#include "virtio/disk_host.h"

extern const struct disk_protocol scsi_protocol;

/*
 * The limits of its requests, and how many targets it has. Returns 0, E_DISK_SHAPE or
 * E_VIRTIO_CONFIG.
 */
int scsi_configure(struct disk_host *host);

/* As disk_units(). */
int scsi_units(struct disk_host *host, struct disk_unit *units, uint32_t max, uint32_t *count);

/* Is it a disk, and ready? Its size and block size, unchecked. Returns 0 or as disk_open(). */
int scsi_open(struct disk *disk);

#endif /* VIRTIO_SCSI_H */
