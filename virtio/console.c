// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/console.h"

#include "abi/virtio.h"
#include "lib/string.h"

int console_open(struct virtio_console *console, struct pci_bus *bus,
		 const struct pci_function *function, void *memory)
{
	int rc = virtio_open(&console->device, bus, function, 0);

	console->open = false;
	if (rc)
		return rc;
	console->buffer = (uint8_t *)memory + RING_BYTES;
	rc = virtio_queue(&console->queue, &console->device, VIRTIO_CONSOLE_QUEUE_OUT, memory);
	if (rc == 0)
		rc = virtio_map(&console->device, console->buffer, CONSOLE_BUFFER);
	if (rc) {
		virtio_close(&console->device);
		return rc;
	}
	virtio_start(&console->device);
	console->open = true;
	return 0;
}

static bool put_chunk(struct virtio_console *console, const char *text, size_t size)
{
	const struct ring_buf buf = { (uintptr_t)console->buffer, (uint32_t)size };
	uint32_t written;
	uint16_t id;

	memcpy(console->buffer, text, size);
	if (ring_add(&console->queue.ring, &buf, 1, 0) < 0)
		return false;
	queue_kick(&console->queue);
	return queue_wait(&console->queue, &id, &written) == 0;
}

void console_put(void *to, const char *text, size_t size)
{
	struct virtio_console *console = to;

	while (console->open && size) {
		size_t part = size < CONSOLE_BUFFER ? size : CONSOLE_BUFFER;

		if (!put_chunk(console, text, part))
			console_close(console);
		text += part;
		size -= part;
	}
}

int console_close(struct virtio_console *console)
{
	if (!console->open)
		return 0;
	console->open = false;
	return virtio_close(&console->device);
}
