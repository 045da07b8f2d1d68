/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-blk (virtio 1.2, 5.2): what disk_host_open() and disk_open() do for it. */
#ifndef VIRTIO_BLK_H
#define VIRTIO_BLK_H

#include "virtio/disk_host.h"

extern const struct disk_protocol blk_protocol;

/* The limits of its requests. Returns 0, E_DISK_SHAPE or E_VIRTIO_CONFIG. */
int blk_configure(struct disk_host *host);

/* Its size and block size, unchecked. Returns 0, E_DISK_SHAPE or E_VIRTIO_CONFIG. */
int blk_open(struct disk *disk);

#endif /* VIRTIO_BLK_H */
