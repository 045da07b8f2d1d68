// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/iommu.h"

#include <stddef.h>

#include "abi/papr.h"
#include "lib/error.h"
#include "lib/hcall.h"
#include "lib/names.h"

#define TCE_PAGE 4096UL		/* of the default window (LoPAR 14.5.4.2.1) */

static int put_pages(const struct iommu *iommu, struct range pages, uint64_t permission)
{
	int64_t hrc;

	for (uint64_t at = pages.start; at < pages.end; at += TCE_PAGE) {
		hrc = HCALL(H_PUT_TCE, iommu->window.liobn, at, permission ? at | permission : 0);
		if (hrc)
			return error(E_VIRTIO_IOMMU, "H_PUT_TCE 0x%lx -> %s (%ld)", at, h_name(hrc),
				     (long)hrc);
	}
	return 0;
}

int iommu_map(struct iommu *iommu, uint64_t start, uint64_t size)
{
	struct range pages;

	if (!iommu->active || size == 0)
		return 0;
	if (!range_make(&pages, start, size) || pages.end > UINT64_MAX - TCE_PAGE)
		return error(E_VIRTIO_IOMMU, "0x%lx bytes at 0x%lx", size, start);
	pages.start &= ~(TCE_PAGE - 1);
	pages.end = (pages.end + TCE_PAGE - 1) & ~(TCE_PAGE - 1);
	if (!range_contains(iommu->window.bus, pages))
		return error(E_VIRTIO_IOMMU, "0x%lx-0x%lx is not in the DMA window 0x%lx-0x%lx",
			     pages.start, pages.end, iommu->window.bus.start,
			     iommu->window.bus.end);
	if (ranges_contain(&iommu->mapped, pages))
		return 0;
	if (!ranges_add(&iommu->mapped, pages))
		return error(E_VIRTIO_IOMMU, "over %d buffers", RANGES_MAX);
	return put_pages(iommu, pages, TCE_READ | TCE_WRITE);
}

int iommu_unmap_all(struct iommu *iommu)
{
	int rc = 0, one;

	for (size_t i = 0; i < iommu->mapped.count; i++) {
		one = put_pages(iommu, iommu->mapped.item[i], 0);
		rc = one ? one : rc;
	}
	iommu->mapped.count = 0;
	return rc;
}
