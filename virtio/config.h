/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI configuration space of one function, through RTAS (LoPAR 7.3.4). */
#ifndef VIRTIO_CONFIG_H
#define VIRTIO_CONFIG_H

#include <stdint.h>

/* Where a function is, and by which RTAS services it is reached. */
struct pci_config {
	uint64_t buid;			/* unit id of the host bridge */
	uint32_t address;		/* bus in bits 16-23, device and function in 8-15 */
	uint32_t read_token, write_token;
};

/*
 * Read or write @size (1, 2 or 4) bytes at @offset below 256, as a number of the CPU (RTAS swaps).
 * Return 0 or E_PCI_CONFIG. An absent function reads as all ones, which is no error here.
 */
int config_read(const struct pci_config *config, uint32_t offset, uint32_t size, uint32_t *value);
int config_write(const struct pci_config *config, uint32_t offset, uint32_t size, uint32_t value);

#endif /* VIRTIO_CONFIG_H */
