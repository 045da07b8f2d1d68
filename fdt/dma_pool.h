/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tells a kernel that devices may reach only one piece of memory (docs/binding/):
 *
 *	/ { virtio,access-platform; reserved-ranges = <pool, rtas>;
 *	    reserved-memory {
 *	        restricted-dma@X { compatible = "restricted-dma-pool"; reg = <X size>; }; };
 *	    pci@... { memory-region = <&pool>; }; };		every host bridge
 */
#ifndef FDT_DMA_POOL_H
#define FDT_DMA_POOL_H

#include "lib/range.h"

/*
 * Alignment of start and size: 128 slots of 2 KiB (Linux include/linux/swiotlb.h IO_TLB_SEGSIZE).
 */
#define DMA_POOL_ALIGN 0x40000UL

/*
 * dt_add_dma_pool() - write all of this into an editable tree. A second time it changes nothing.
 * @rtas: kept out of kexec's hands together with the pool
 * Returns 0 or a -FDT_ERR_* of libfdt.
 */
int dt_add_dma_pool(void *fdt, struct range pool, struct range rtas);

#endif /* FDT_DMA_POOL_H */
