// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/device.h"

#include "abi/virtio.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/wait.h"
#include "virtio/legacy.h"
#include "virtio/mmio.h"
#include "virtio/modern.h"

/* enough in flight; the device's own size counts where it is smaller */
#define MODERN_QUEUE_MAX 256

static const struct transport *transport_of(const struct virtio *device)
{
	return device->modern ? &transport_modern : &transport_legacy;
}

static void add_status(const struct virtio *device, uint32_t bits)
{
	transport_of(device)->set_status(device, transport_of(device)->get_status(device) | bits);
}

static int reset_device(const struct virtio *device)
{
	uint64_t since = timebase();

	transport_of(device)->set_status(device, 0);
	while (transport_of(device)->get_status(device))
		if (waited_too_long(since))
			return error(E_VIRTIO_RESET, "0x%x after %d s",
				     device->function->config.address, WAIT_SECONDS);
	return 0;
}

static int agree_features(struct virtio *device, uint64_t wanted)
{
	uint64_t offered = transport_of(device)->get_features(device);

	device->features = offered & wanted;
	if (device->modern)
		device->features |= offered & (VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM);
	transport_of(device)->set_features(device, device->features);
	if (!device->modern)
		return 0;
	if (!(offered & VIRTIO_F_VERSION_1))
		return error(E_VIRTIO_FEATURES, "0x%x does not offer VERSION_1",
			     device->function->config.address);
	add_status(device, VIRTIO_STATUS_FEATURES_OK);
	if (!(transport_of(device)->get_status(device) & VIRTIO_STATUS_FEATURES_OK))
		return error(E_VIRTIO_FEATURES, "0x%x refuses 0x%lx",
			     device->function->config.address, device->features);
	device->iommu.active = device->features & VIRTIO_F_ACCESS_PLATFORM;
	return 0;
}

/* Which BARs its registers are in, and that they are reached. */
static int open_registers(struct virtio *device, struct pci_bus *bus)
{
	const struct pci_function *function = device->function;
	const struct virtio_caps *caps = &device->caps;
	uint32_t wanted = 1;
	int rc = caps_find(&device->caps, function, &device->modern);

	if (rc)
		return rc;
	if (device->modern)
		wanted = 1U << caps->common.bar | 1U << caps->notify.bar |
			 (caps->device.size ? 1U << caps->device.bar : 0);
	else if (function->bar[0].space != PCI_IO || function->bar[0].size < VIRTIO_LEGACY_CONFIG)
		return error(E_VIRTIO_CONFIG, "0x%x is neither modern nor legacy",
			     function->config.address);
	rc = bars_open(&device->access, bus, function, wanted);
	device->base = device->modern ?
			       device->access.address[caps->common.bar] + caps->common.offset :
			       device->access.address[0];
	return rc;
}

int virtio_open(struct virtio *device, struct pci_bus *bus, const struct pci_function *function,
		uint64_t wanted)
{
	int rc;

	*device = (struct virtio){ .function = function };
	device->iommu.window = bus->phb[function->phb].dma;
	rc = open_registers(device, bus);
	if (rc)
		return rc;
	rc = reset_device(device);
	if (rc == 0) {
		add_status(device, VIRTIO_STATUS_ACKNOWLEDGE);
		add_status(device, VIRTIO_STATUS_DRIVER);
		rc = agree_features(device, wanted);
	}
	if (rc)
		bars_close(&device->access);
	return rc;
}

int virtio_queue(struct queue *queue, struct virtio *device, uint16_t index, void *memory)
{
	uint32_t size = transport_of(device)->select_queue(device, index);
	int rc;

	if (size == 0 || (size & (size - 1)) || size > 32768 ||
	    (!device->modern && size > RING_MAX))
		return error(E_VIRTIO_QUEUE, "queue %u of 0x%x has %u descriptors", index,
			     device->function->config.address, size);
	if (device->modern && size > MODERN_QUEUE_MAX)
		size = MODERN_QUEUE_MAX;
	queue->device = device;
	queue->index = index;
	queue->polls = 0;
	queue->patience = WAIT_SECONDS;
	ring_init(&queue->ring, memory, (uint16_t)size, device->modern);
	rc = virtio_map(device, memory, ring_bytes((uint16_t)size));
	return rc ? rc : transport_of(device)->set_queue(queue);
}

void virtio_start(struct virtio *device)
{
	add_status(device, VIRTIO_STATUS_DRIVER_OK);
}

int virtio_close(struct virtio *device)
{
	int rc = reset_device(device), unmap = iommu_unmap_all(&device->iommu),
	    bars = bars_close(&device->access);

	return rc ? rc : unmap ? unmap : bars;
}

int virtio_map(struct virtio *device, const void *at, uint64_t size)
{
	return iommu_map(&device->iommu, (uintptr_t)at, size);
}

int virtio_config(const struct virtio *device, uint32_t offset, uint32_t size, uint64_t *value)
{
	uint64_t room = device->modern ? device->caps.device.size :
					 device->function->bar[0].size - VIRTIO_LEGACY_CONFIG;
	uint64_t first, second;

	if (offset + size > room)
		return error(E_VIRTIO_CONFIG, "0x%x has %lu bytes of configuration, %u needed",
			     device->function->config.address, room, offset + size);
	if (size < sizeof(uint64_t)) {
		*value = transport_of(device)->config(device, offset, size);
		return 0;
	}
	first = transport_of(device)->config(device, offset, 4);
	second = transport_of(device)->config(device, offset + 4, 4);
	*value = transport_of(device)->high_first ? first << 32 | second : second << 32 | first;
	return 0;
}

void queue_kick(struct queue *queue)
{
	if (ring_publish(&queue->ring))
		mmio_write(queue->notify, 2, queue->index);
}

int queue_wait(struct queue *queue, uint16_t *id, uint32_t *size)
{
	const uint32_t address = queue->device->function->config.address;
	uint64_t since = timebase(), seconds, notice = WAIT_SECONDS;
	int rc;

	while ((rc = ring_take(&queue->ring, id, size)) == 0) {
		queue->polls++;
		seconds = (timebase() - since) / TIMEBASE_HZ;
		if (seconds >= queue->patience)
			return error(E_VIRTIO_TIMEOUT, "0x%x, %lu s", address, seconds);
		if (seconds >= notice) {
			log_notice("notice: still waiting for disk 0x%x, %lu s", address, seconds);
			notice *= 2;
		}
	}
	return rc == 1 ? 0 : rc;
}
