// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/caps.h"

#include "abi/virtio.h"
#include "lib/error.h"

#define CONFIG_SIZE 256
#define CAPS_MAX   ((CONFIG_SIZE - PCI_CAP_FIRST) / 4)

static int bad_capability(const struct pci_function *function, uint32_t at, const char *why)
{
	return error(E_VIRTIO_CONFIG, "0x%x: capability at 0x%x %s", function->config.address, at,
		     why);
}

static int read_cap(struct virtio_cap *cap, const struct pci_function *function, uint32_t at,
		    uint32_t least)
{
	uint32_t bar, offset, size;
	int rc;

	if ((rc = config_read(&function->config, at + VIRTIO_PCI_CAP_BAR, 1, &bar)) ||
	    (rc = config_read(&function->config, at + VIRTIO_PCI_CAP_OFFSET, 4, &offset)) ||
	    (rc = config_read(&function->config, at + VIRTIO_PCI_CAP_LENGTH, 4, &size)))
		return rc;
	if (bar >= PCI_BARS || (uint64_t)offset + size > function->bar[bar].size)
		return bad_capability(function, at, "reaches outside its BAR");
	if (size < least)
		return bad_capability(function, at, "is too small");
	*cap = (struct virtio_cap){ bar, offset, size };
	return 0;
}

static int take_cap(struct virtio_caps *caps, const struct pci_function *function, uint32_t at,
		    uint32_t type)
{
	int rc;

	if (type == VIRTIO_PCI_CAP_COMMON && !caps->common.size)
		return read_cap(&caps->common, function, at, VIRTIO_PCI_COMMON_SIZE);
	if (type == VIRTIO_PCI_CAP_DEVICE && !caps->device.size)
		return read_cap(&caps->device, function, at, 1);
	if (type != VIRTIO_PCI_CAP_NOTIFY || caps->notify.size)
		return 0;
	rc = read_cap(&caps->notify, function, at, sizeof(uint16_t));
	if (rc == 0 && at + VIRTIO_PCI_CAP_NOTIFY_SIZE > CONFIG_SIZE)
		return bad_capability(function, at, "has no room for the multiplier");
	return rc ? rc : config_read(&function->config, at + VIRTIO_PCI_CAP_MULTIPLIER, 4,
				     &caps->multiplier);
}

/* One step of the list: @at becomes the place of the next. */
static int visit_cap(struct virtio_caps *caps, const struct pci_function *function, uint32_t *at)
{
	uint32_t head, here = *at;
	int rc;

	if (here < PCI_CAP_FIRST || (here & 3) || here + VIRTIO_PCI_CAP_SIZE > CONFIG_SIZE)
		return bad_capability(function, here, "is no place for one");
	rc = config_read(&function->config, here, 4, &head);
	if (rc)
		return rc;
	*at = head >> 8 & 0xff;
	if ((head & 0xff) != PCI_CAP_ID_VNDR || (head >> 16 & 0xff) < VIRTIO_PCI_CAP_SIZE)
		return 0;
	return take_cap(caps, function, here, head >> 24);
}

int caps_find(struct virtio_caps *caps, const struct pci_function *function, bool *modern)
{
	uint32_t status, at = 0, seen = 0;
	int rc = config_read(&function->config, PCI_STATUS, 2, &status);

	*caps = (struct virtio_caps){ 0 };
	if (rc == 0 && status == 0xffff)
		return error(E_VIRTIO_CONFIG, "nothing answers at 0x%x", function->config.address);
	if (rc == 0 && (status & PCI_STATUS_CAP_LIST))
		rc = config_read(&function->config, PCI_CAPABILITY_LIST, 1, &at);
	while (rc == 0 && at) {
		if (++seen > CAPS_MAX)
			return bad_capability(function, at, "closes a circle");
		rc = visit_cap(caps, function, &at);
	}
	*modern = caps->common.size != 0;
	if (rc == 0 && *modern && !caps->notify.size)
		return error(E_VIRTIO_CONFIG, "0x%x has no notify structure",
			     function->config.address);
	return rc;
}
