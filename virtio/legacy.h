/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtio 0.9.5 over PCI (4.1.4.8): I/O ports in BAR 0; configuration in the guest's byte order,
 * big.
 */
#ifndef VIRTIO_LEGACY_H
#define VIRTIO_LEGACY_H

#include "virtio/transport.h"

extern const struct transport transport_legacy;

#endif /* VIRTIO_LEGACY_H */
