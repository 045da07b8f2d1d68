/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that insist on the IOMMU (VIRTIO_F_ACCESS_PLATFORM): their addresses are those of the
 * host bridge's default DMA window. Buffers are mapped there at their own real address, so that
 * descriptors look the same for both kinds of device.
 */
#ifndef VIRTIO_IOMMU_H
#define VIRTIO_IOMMU_H

#include "virtio/bus.h"

struct iommu {
	bool active;			/* false: a plain device, nothing is ever mapped */
	struct dma_window window;
	struct ranges mapped;		/* whole pages */
};

/* Let the device reach [@start, @start + @size). Returns 0 or E_VIRTIO_IOMMU. */
int iommu_map(struct iommu *iommu, uint64_t start, uint64_t size);

/* Take all of it back; the last error if there is one. */
int iommu_unmap_all(struct iommu *iommu);

#endif /* VIRTIO_IOMMU_H */
