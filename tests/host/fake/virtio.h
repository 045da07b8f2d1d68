/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio-pci device behind the seams rtas_call() (configuration space) and mmio_*() (registers): as
 * the specification has it, but for what a test tells it to do wrong. It works when it is
 * notified; a slow one finishes a request whenever its time is over.
 */
#ifndef TESTS_FAKE_VIRTIO_H
#define TESTS_FAKE_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio/bus.h"

/* What the device does wrong with a request, or with the ring behind its back. */
enum fake_evil {
	GOOD,
	NEVER,			/* completes nothing */
	INDEX_JUMPS, INDEX_BACK,	/* of the used ring */
	ID_RANGE, ID_FREE, ID_TWICE,
	LEN_LARGE,
	REWRITE,		/* overwrites the descriptor table, then works */
	STATUS_ERROR, SHORT, ATTENTION, BUSY, NO_STATUS,
	EMPTY,			/* says that it wrote nothing */
};

/* One chain as the device sees it. */
#define FAKE_BUFS 64
struct fake_chain {
	uint32_t out, in, head;
	struct { uint8_t *at; uint32_t size; } buf[FAKE_BUFS];
};

struct fake_queue {
	uint32_t size, enabled;
	uint64_t desc, avail, used;
	uint16_t seen, index;
};

struct fake_virtio {
	/* the function; set up by fake_virtio_reset() */
	struct pci_bus bus;
	struct pci_function *function;		/* bus.function[0] */
	uint8_t config[256], bridge[2][256];	/* of the function, and of bridges at 0x800 and 0x10000 */
	bool modern;
	uint64_t features, agreed;
	uint32_t status, select, feature_select[2];
	uint8_t device_config[64];
	struct fake_queue queue[4];
	uint8_t *disk;				/* contents, blocks of block_size */
	uint64_t disk_size;
	uint32_t block_size;
	uint16_t lun[4];			/* SCSI: LUNs of target 3 */
	uint32_t luns;
	uint32_t attention;			/* SCSI: so many UNIT ATTENTIONs to give */
	uint8_t scsi_type;
	bool capacity_16;			/* SCSI: READ CAPACITY (10) does not suffice */
	uint8_t written[4096];			/* console: what came */
	size_t written_size;

	/* what is wrong */
	enum fake_evil evil;
	uint32_t evil_after;			/* requests that go well first */
	uint64_t slow, idle_since;		/* ticks that a request takes; since when it works on it */
	struct fake_queue *busy;		/* the queue that a slow device works on */
	uint32_t reset_reads;			/* how often the status reads as not reset */
	bool refuse_features, status_ones;
	uint32_t config_fails_at;		/* the n-th access to configuration space fails; 0: none */
	bool no_notify;				/* asks for no notification, and works all the same when polled */

	/* what was seen */
	uint32_t requests, notifies, config_accesses, resets;
	uint64_t tce[4096];			/* by page, of [0, 16 MiB) from tce_base */
	uint64_t tce_base;
	uint32_t tces;				/* mapped now */
};

extern struct fake_virtio fake_virtio;

/* A device of a type, plugged into the seams; @modern or legacy. */
void fake_virtio_reset(uint32_t type, bool modern);

/* An entry of the partition table (MBR) of its disk, in blocks. */
void fake_virtio_partition(int index, uint8_t type, uint32_t start, uint32_t blocks);

/* Memory the device reaches and a legacy ring can be in, cleared, a page aligned. */
void *fake_memory(size_t size);

/* One access of the driver's side to configuration space, for tests that look at it. */
uint32_t fake_config32(const uint8_t *config, uint32_t at);

#endif /* TESTS_FAKE_VIRTIO_H */
