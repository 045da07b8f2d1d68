// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/mmio.h"

#include <stddef.h>

#include "abi/papr.h"
#include "lib/hcall.h"

/* The hypervisor's access has the CPU's byte order (QEMU hw/ppc/spapr_softmmu.c h_logical_load). */
static uint32_t swap(uint32_t size, uint32_t value)
{
	return size == 4 ? __builtin_bswap32(value) :
	       size == 2 ? __builtin_bswap16((uint16_t)value) :
			   value;
}

uint32_t mmio_read(uint64_t address, uint32_t size)
{
	uint64_t in[HCALL_REGS] = { size, address }, out[HCALL_REGS];

	if (hcall(H_LOGICAL_CI_LOAD, in, out) != H_SUCCESS)
		return 0xffffffffU >> (32 - 8 * size);
	return swap(size, (uint32_t)out[0]);
}

void mmio_write(uint64_t address, uint32_t size, uint32_t value)
{
	HCALL(H_LOGICAL_CI_STORE, size, address, swap(size, value));
}
