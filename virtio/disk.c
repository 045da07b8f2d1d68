// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/disk.h"

#include "abi/virtio.h"
#include "lib/error.h"
#include "virtio/blk.h"
#include "virtio/scsi.h"

#define MIB	     (1024 * 1024UL)
#define REQUEST_MIN (4 * MIB)	/* cheap for us; several keep the host's threads busy */
#define BUFFERS_MAX 16		/* data buffers of one request */
#define TRIES	     4

static bool is_scsi(const struct disk_host *host)
{
	return host->device.function->type == VIRTIO_ID_SCSI;
}

int disk_host_open(struct disk_host *host, struct pci_bus *bus, const struct pci_function *function,
		   void *memory)
{
	uint8_t *at = memory;
	int rc = virtio_open(&host->device, bus, function, function->type == VIRTIO_ID_SCSI ? 0 :
			     VIRTIO_BLK_F_SIZE_MAX | VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_BLK_SIZE);

	if (rc)
		return rc;
	host->broken = 0;
	host->requests = 0;
	host->slot = (struct disk_slot *)(at + RING_BYTES);
	host->junk = at + RING_BYTES + DISK_SLOTS * sizeof(struct disk_slot);
	host->protocol = is_scsi(host) ? &scsi_protocol : &blk_protocol;
	rc = virtio_queue(&host->queue, &host->device,
			  is_scsi(host) ? VIRTIO_SCSI_REQUEST_QUEUE : 0, at);
	if (rc == 0 && host->queue.ring.size < DISK_BUFFERS_MIN + 2)
		rc = error(E_VIRTIO_QUEUE, "%u descriptors", host->queue.ring.size);
	if (rc == 0)
		rc = virtio_map(&host->device, host->slot, DISK_MEMORY - RING_BYTES);
	if (rc == 0)
		rc = is_scsi(host) ? scsi_configure(host) : blk_configure(host);
	if (rc) {
		virtio_close(&host->device);
		return rc;
	}
	virtio_start(&host->device);
	return 0;
}

int disk_host_close(struct disk_host *host)
{
	return virtio_close(&host->device);
}

int disk_units(struct disk_host *host, struct disk_unit *units, uint32_t max, uint32_t *count)
{
	if (is_scsi(host))
		return scsi_units(host, units, max, count);
	*count = max ? 1 : 0;
	if (max)
		units[0] = (struct disk_unit){ 0, 0 };
	return 0;
}

int disk_open(struct disk *disk, struct disk_host *host, struct disk_unit unit)
{
	int rc;
	uint64_t bytes;

	*disk = (struct disk){ .host = host, .unit = unit };
	rc = is_scsi(host) ? scsi_open(disk) : blk_open(disk);
	if (rc)
		return rc;
	if (disk->block_size < VIRTIO_BLK_SECTOR || disk->block_size > DISK_BLOCK_MAX ||
	    (disk->block_size & (disk->block_size - 1)) || disk->blocks == 0 ||
	    __builtin_mul_overflow(disk->blocks, disk->block_size, &bytes))
		return error(E_DISK_SHAPE, "%lu blocks of %u bytes", disk->blocks,
			     disk->block_size);
	return 0;
}

/* A range of the disk and its place in memory; what is left of both while requests are made. */
struct job {
	uint64_t at, end;	/* bytes on the disk, whole blocks */
	uint64_t skip;		/* bytes at the front that are junk */
	uint64_t want;		/* bytes wanted after those */
	uint8_t *to;
	uint64_t request;	/* bytes of one request, whole blocks */
};

/* Buffers for @size bytes at @address, none larger than the device takes. Returns how many. */
static uint32_t add_buffers(const struct disk_host *host, struct ring_buf *bufs,
			    const void *address, uint64_t size)
{
	uint32_t count = 0;

	for (uint64_t done = 0; done < size; count++) {
		uint64_t part = size - done < host->buffer_max ? size - done : host->buffer_max;

		bufs[count] = (struct ring_buf){ (uintptr_t)address + done, (uint32_t)part };
		done += part;
	}
	return count;
}

/*
 * The next request of a job: as much of it as one request takes. Returns the number of its chain or
 * -1.
 */
static int submit_request(struct disk *disk, struct job *job, struct disk_slot *slot)
{
	struct disk_host *host = disk->host;
	const struct disk_protocol *protocol = host->protocol;
	uint64_t size = job->end - job->at < job->request ? job->end - job->at : job->request;
	uint64_t wanted = size - job->skip < job->want ? size - job->skip : job->want;
	struct ring_buf bufs[BUFFERS_MAX + 6];
	uint32_t count = 1;
	int id;

	bufs[0] = (struct ring_buf){ (uintptr_t)slot->out, protocol->out_size };
	if (protocol->in_first)
		bufs[count++] = (struct ring_buf){ (uintptr_t)slot->in, protocol->in_size };
	count += add_buffers(host, bufs + count, host->junk, job->skip);
	count += add_buffers(host, bufs + count, job->to, wanted);
	count += add_buffers(host, bufs + count, host->junk, size - job->skip - wanted);
	if (!protocol->in_first)
		bufs[count++] = (struct ring_buf){ (uintptr_t)slot->in, protocol->in_size };
	slot->in[0] = slot->in[protocol->in_size - 1] = 0xff;
	protocol->prepare(disk, slot, job->at / disk->block_size,
			  (uint32_t)(size / disk->block_size));
	id = ring_add(&host->queue.ring, bufs, 1, count - 1);
	if (id < 0)
		return id;
	host->requests++;
	job->at += size;
	job->to += wanted;
	job->want -= wanted;
	job->skip = 0;
	return id;
}

/* All that fits into the ring, then one notification. Returns how many requests. */
static uint32_t submit_requests(struct disk *disk, struct job *job)
{
	struct disk_host *host = disk->host;
	uint32_t count = 0;

	while (job->at < job->end && count < DISK_SLOTS) {
		int id = submit_request(disk, job, &host->slot[count]);

		if (id < 0)
			break;
		host->slot_of[id] = (uint8_t)count++;
	}
	if (count)
		queue_kick(&host->queue);
	return count;
}

/* Wait for all; the first error counts, an error of the ring ends it at once and for good. */
static int collect_requests(struct disk *disk, uint32_t count)
{
	struct disk_host *host = disk->host;
	int rc = 0;

	while (count--) {
		uint16_t id;
		uint32_t size;
		int one = queue_wait(&host->queue, &id, &size);

		if (one) {
			host->broken = one;
			return one;
		}
		one = host->protocol->finish(disk, &host->slot[host->slot_of[id]]);
		rc = rc ? rc : one;
	}
	return rc;
}

/*
 * Requests so large that one filling of the ring does, but no larger than the device takes. A
 * request has at least one data buffer, and up to two more for junk.
 */
static uint64_t request_size(const struct disk *disk, uint64_t span)
{
	const struct disk_host *host = disk->host;
	uint32_t room = host->queue.ring.size - 2U;	/* beside what is asked and answered */
	uint32_t buffers = room < BUFFERS_MAX ? room : BUFFERS_MAX;
	uint64_t max, size;

	if (buffers > host->buffers_max)
		buffers = host->buffers_max;
	max = (uint64_t)(buffers - 2) * host->buffer_max;

	size = (span / (DISK_SLOTS - 4) + REQUEST_MIN - 1) & ~(REQUEST_MIN - 1);
	size = size > REQUEST_MIN ? size : REQUEST_MIN;
	max = max < host->request_max ? max : host->request_max;
	size = size < max ? size : max;
	size -= size % disk->block_size;
	return size ? size : disk->block_size;
}

static int read_once(struct disk *disk, uint64_t offset, void *to, uint64_t size)
{
	uint64_t mask = disk->block_size - 1;
	struct job job = { .at = offset & ~mask, .end = (offset + size + mask) & ~mask,
			   .skip = offset & mask, .want = size, .to = to };
	int rc = 0;

	job.request = request_size(disk, job.end - job.at);
	while (rc == 0 && job.at < job.end) {
		uint32_t count = submit_requests(disk, &job);

		rc = count ? collect_requests(disk, count) :
			     error(E_VIRTIO_QUEUE, "the ring is too small");
	}
	return rc;
}

int disk_read(struct disk *disk, uint64_t offset, void *to, uint64_t size)
{
	uint64_t end;
	int rc = disk->host->broken;

	if (rc || size == 0)
		return rc;
	if (__builtin_add_overflow(offset, size, &end) || end > disk_size(disk))
		return error(E_DISK_READ, "0x%lx bytes at 0x%lx of a disk of 0x%lx", size, offset,
			     disk_size(disk));
	rc = virtio_map(&disk->host->device, to, size);
	if (rc)
		return rc;
	for (int tries = 0; tries < TRIES; tries++) {
		rc = read_once(disk, offset, to, size);
		if (rc != DISK_AGAIN)
			return rc;
	}
	return error(E_DISK_READ, "still not ready after %d tries", TRIES);
}
