// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/config.h"

#include "lib/error.h"
#include "lib/rtas.h"

int config_read(const struct pci_config *config, uint32_t offset, uint32_t size, uint32_t *value)
{
	const uint32_t args[] = { config->address | offset, (uint32_t)(config->buid >> 32),
				  (uint32_t)config->buid, size };
	int status = rtas_call(config->read_token, args, 4, value, 2);

	return status ? error(E_PCI_CONFIG, "read 0x%x -> %d", args[0], status) : 0;
}

int config_write(const struct pci_config *config, uint32_t offset, uint32_t size, uint32_t value)
{
	const uint32_t args[] = { config->address | offset, (uint32_t)(config->buid >> 32),
				  (uint32_t)config->buid, size, value };
	int status = rtas_call(config->write_token, args, 5, 0, 1);

	return status ? error(E_PCI_CONFIG, "write 0x%x -> %d", args[0], status) : 0;
}
