// SPDX-License-Identifier: GPL-2.0-or-later
/* A file of its own, so that a test of virtio/mmio.c can link that instead. */
#include "virtio/mmio.h"

#include "tests/host/fake/fake.h"

uint32_t mmio_read(uint64_t address, uint32_t size)
{
	return fake.mmio_read ? fake.mmio_read(address, size) : 0xffffffffU >> (32 - 8 * size);
}

void mmio_write(uint64_t address, uint32_t size, uint32_t value)
{
	if (fake.mmio_write)
		fake.mmio_write(address, size, value);
}
