/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtio 1.x over PCI (4.1.4): registers in structures which capabilities point to, little-endian.
 */
#ifndef VIRTIO_MODERN_H
#define VIRTIO_MODERN_H

#include "virtio/transport.h"

extern const struct transport transport_modern;

#endif /* VIRTIO_MODERN_H */
