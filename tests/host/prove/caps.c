// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: whatever configuration space says, at any read: the walk ends and reads inside it only;
 *     each structure lies in its BAR and is large enough
 * bounds: every configuration space, BARs of any size; any step of a list after any others, one step
 *     of an induction, and lists of one
 * smaller: virtio/caps.c:CAPS_MAX=1
 * cbmc: --unwind 7 --object-bits 10 --slice-formula
 */
#include "virtio/caps.c"

#include "tests/host/prove/prove.h"

int config_read(const struct pci_config *config, uint32_t offset, uint32_t size, uint32_t *value)
{
	(void)config;
	claim(size == 1 || size == 2 || size == 4);
	claim(offset < 256 && size <= 256 - offset);
	*value = any32();
	given(size == 4 || *value >> 8 * size == 0);
	return any_bool() ? E_PCI_CONFIG : 0;
}

/* It is not there, or where @function has room for it. */
static bool is_right(const struct pci_function *function, const struct virtio_cap *cap, uint32_t least)
{
	return cap->size == 0 ||
	       (cap->bar < PCI_BARS && cap->size >= least &&
		cap->size <= function->bar[cap->bar].size &&
		cap->offset <= function->bar[cap->bar].size - cap->size);
}

static bool are_right(const struct pci_function *function, const struct virtio_caps *caps)
{
	return is_right(function, &caps->common, VIRTIO_PCI_COMMON_SIZE) &&
	       is_right(function, &caps->notify, sizeof(uint16_t)) &&
	       is_right(function, &caps->device, 1);
}

int main(void)
{
	static struct pci_function function;
	struct virtio_caps caps;
	uint32_t at = any32();
	bool modern;

	for (int i = 0; i < PCI_BARS; i++)
		function.bar[i].size = any64();
	if (any_bool()) {
		any_value(caps);
		given(are_right(&function, &caps) && at < 256);
		if (visit_cap(&caps, &function, &at) == 0)
			claim(are_right(&function, &caps) && at < 256);
	} else if (caps_find(&caps, &function, &modern) == 0) {
		claim(are_right(&function, &caps));
		claim(modern == (caps.common.size != 0));
		claim(!modern || caps.notify.size);
	}
	return 0;
}
