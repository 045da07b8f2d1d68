// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/conformance/blk.h"

#include "abi/papr.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/hcall.h"
#include "lib/rtas.h"
#include "lib/string.h"

/* Ports of a legacy device, little-endian: VIRTIO 1.2 section 4.1.4.8 */
#define PORT_FEATURES	4
#define PORT_QUEUE	8
#define PORT_SIZE	12
#define PORT_SELECT	14
#define PORT_NOTIFY	16
#define PORT_STATUS	18
#define DRIVER_OK	7
#define IO_BASE		0x1000		/* where we put its BAR 0 */
#define TRANSITIONAL	0x10011af4	/* device 1001 of vendor 1af4 */
#define SECOND		512000000UL

#define NEXT		1
#define WRITE		2		/* the device writes */

struct desc {
	uint64_t address;
	uint32_t size;
	uint16_t flags, next;
};

static uint64_t ports, ring;
static uint32_t buid[2], read_config, write_config, device;
static uint16_t size, used;

static uint32_t config_read(uint32_t where)
{
	const uint32_t args[4] = { where, buid[0], buid[1], 4 };
	uint32_t value = ~0u;

	rtas_call(read_config, args, 4, &value, 2);
	return value;
}

static void config_write(uint32_t where, uint32_t bytes, uint32_t value)
{
	const uint32_t args[5] = { where, buid[0], buid[1], bytes, value };

	rtas_call(write_config, args, 5, NULL, 1);
}

bool blk_find(const void *tree)
{
	int pci, rtas = fdt_path_offset(tree, "/rtas"), length;
	const uint8_t *reg, *ranges;

	pci = fdt_node_offset_by_prop_value(tree, -1, "device_type", "pci", 4);
	reg = fdt_getprop(tree, pci, "reg", &length);
	ranges = fdt_getprop(tree, pci, "ranges", &length);
	if (!reg || !ranges || dt_u32(tree, rtas, "ibm,read-pci-config", &read_config) ||
	    dt_u32(tree, rtas, "ibm,write-pci-config", &write_config))
		return false;
	buid[0] = be32_load(reg);
	buid[1] = be32_load(reg + 4);
	ports = be64_load(ranges + 12) + IO_BASE;	/* the first window is that of ports */
	for (device = 0; device < 32 << 11; device += 1 << 11)
		if (config_read(device) == TRANSITIONAL)
			return true;
	return false;
}

static void out(uint32_t port, uint32_t bytes, uint32_t value)
{
	value = bytes == 4 ? __builtin_bswap32(value) : bytes == 2 ? __builtin_bswap16((uint16_t)value) : value;
	HCALL(H_LOGICAL_CI_STORE, bytes, ports + port, value);
}

static uint32_t in16(uint32_t port)
{
	const uint64_t in[HCALL_REGS] = { 2, ports + port };
	uint64_t value[HCALL_REGS];

	hcall(H_LOGICAL_CI_LOAD, in, value);
	return __builtin_bswap16((uint16_t)value[0]);
}

void blk_start(uint64_t at)
{
	ring = at;
	used = 0;
	memset((void *)ring, 0, 0x10000);
	config_write(device | 0x10, 4, IO_BASE);
	config_write(device | 4, 2, 5);		/* ports, bus master */
	out(PORT_STATUS, 1, 0);
	out(PORT_STATUS, 1, 3);
	out(PORT_FEATURES, 4, 0);
	out(PORT_SELECT, 2, 0);
	size = (uint16_t)in16(PORT_SIZE);
	out(PORT_QUEUE, 4, (uint32_t)(ring >> 12));
	out(PORT_STATUS, 1, DRIVER_OK);
}

/* Header at ring + 0xf000, status after it; rings of a legacy device have the guest's byte order. */
unsigned int blk_io(bool write, uint64_t sector, uint64_t buffer)
{
	volatile struct desc *desc = (struct desc *)ring;
	volatile uint16_t *avail = (uint16_t *)(ring + 16UL * size);
	volatile uint16_t *done = (uint16_t *)((ring + 18UL * size + 6 + 4095) & ~4095UL);
	volatile uint64_t *header = (uint64_t *)(ring + 0xf000);
	volatile uint8_t *status = (uint8_t *)(ring + 0xf010);
	uint64_t start = timebase();

	header[0] = (uint64_t)write << 32;
	header[1] = sector;
	*status = 255;
	desc[0] = (struct desc){ ring + 0xf000, 16, NEXT, 1 };
	desc[1] = (struct desc){ buffer, 512, (uint16_t)(NEXT | (write ? 0 : WRITE)), 2 };
	desc[2] = (struct desc){ ring + 0xf010, 1, WRITE, 0 };
	avail[2 + used % size] = 0;
	__asm__ volatile("sync" : : : "memory");
	avail[1] = ++used;
	__asm__ volatile("sync" : : : "memory");
	out(PORT_NOTIFY, 2, 0);
	while (done[1] != used && timebase() - start < SECOND)
		;
	__asm__ volatile("sync" : : : "memory");
	return *status;
}
