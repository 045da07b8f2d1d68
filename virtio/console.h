/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-console (virtio 1.2, 5.3) as one more place for the log: output of port 0. */
#ifndef VIRTIO_CONSOLE_H
#define VIRTIO_CONSOLE_H

#include "virtio/device.h"

#define CONSOLE_BUFFER 1024UL
#define CONSOLE_MEMORY (RING_BYTES + CONSOLE_BUFFER)

struct virtio_console {
	struct virtio device;
	struct queue queue;
	uint8_t *buffer;
	bool open;
};

/*
 * console_open() - a VIRTIO_ID_CONSOLE function.
 * @memory: CONSOLE_MEMORY bytes, a page aligned
 * Returns 0 or an error of virtio/device.h.
 */
int console_open(struct virtio_console *console, struct pci_bus *bus,
		 const struct pci_function *function, void *memory);

/*
 * Write and wait until the device has taken it. A console that fails is not written to any more:
 * the log goes on elsewhere.
 */
void console_put(void *console, const char *text, size_t size);

/* virtio_close(), if it is open. */
int console_close(struct virtio_console *console);

#endif /* VIRTIO_CONSOLE_H */
