// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/fake/virtio.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/papr.h"
#include "abi/pci.h"
#include "abi/scsi.h"
#include "abi/virtio.h"
#include "lib/endian.h"
#include "lib/rtas.h"
#include "tests/host/fake/fake.h"

#define READ_TOKEN  0x2012
#define WRITE_TOKEN 0x2013
#define CPU_IO	    0x200000000000UL
#define CPU_MEM	    0x200080000000UL
#define COMMON	    0x0000
#define DEVICE	    0x2000
#define NOTIFY	    0x3000

struct fake_virtio fake_virtio;
#define F fake_virtio

void fake_virtio_partition(int index, uint8_t type, uint32_t start, uint32_t blocks)
{
	uint8_t *entry = F.disk + 446 + 16 * index;

	le16_store(F.disk + 510, 0xaa55);
	entry[4] = type;
	le32_store(entry + 8, start);
	le32_store(entry + 12, blocks);
}

void *fake_memory(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (at == MAP_FAILED)
		abort();
	return at;
}

uint32_t fake_config32(const uint8_t *config, uint32_t at)
{
	return le32_load(config + at);
}

static uint8_t *config_of(uint32_t address)
{
	if (address == F.function->config.address)
		return F.config;
	return address == 0x800 ? F.bridge[0] : address == 0x10000 ? F.bridge[1] : NULL;
}

static int rtas(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	uint8_t *config = config_of(args[0] & 0xffff00);
	uint32_t at = args[0] & 0xff, size = args[3];

	if (nargs != (token == READ_TOKEN ? 4 : 5) || nrets != (token == READ_TOKEN ? 2 : 1))
		return RTAS_PARAMETER;
	if (++F.config_accesses == F.config_fails_at || at + size > 256)
		return RTAS_PARAMETER;
	if (token == READ_TOKEN) {
		*rets = 0;
		for (uint32_t i = 0; i < size; i++)
			*rets |= (uint32_t)(config ? config[at + i] : 0xff) << 8 * i;
		return RTAS_SUCCESS;
	}
	for (uint32_t i = 0; config && token == WRITE_TOKEN && i < size; i++)
		config[at + i] = (uint8_t)(args[4] >> 8 * i);
	return token == WRITE_TOKEN ? RTAS_SUCCESS : RTAS_PARAMETER;
}

/* Rings, from the device's side */
#define GET(bits)                                                                        \
	static uint##bits##_t get##bits(uint64_t at)                                     \
	{                                                                                \
		return F.modern ? le##bits##_load((void *)at) : be##bits##_load((void *)at); \
	}                                                                                \
	static inline void put##bits(uint64_t at, uint##bits##_t value)                  \
	{                                                                                \
		if (F.modern)                                                            \
			le##bits##_store((void *)at, value);                             \
		else                                                                     \
			be##bits##_store((void *)at, value);                             \
	}
GET(16)
GET(32)
GET(64)

static void read_chain(const struct fake_queue *queue, uint32_t head, struct fake_chain *chain)
{
	uint64_t at = queue->desc + 16UL * head;

	*chain = (struct fake_chain){ .head = head };
	for (;;) {
		uint32_t flags = get16(at + 12), index = chain->out + chain->in;

		chain->buf[index].at = (uint8_t *)(uintptr_t)get64(at);
		chain->buf[index].size = get32(at + 8);
		if (flags & VRING_DESC_F_WRITE)
			chain->in++;
		else
			chain->out++;
		if (!(flags & VRING_DESC_F_NEXT) || chain->out + chain->in == FAKE_BUFS)
			return;
		at = queue->desc + 16UL * get16(at + 14);
	}
}

static uint32_t writable(const struct fake_chain *chain)
{
	uint32_t size = 0;

	for (uint32_t i = chain->out; i < chain->out + chain->in; i++)
		size += chain->buf[i].size;
	return size;
}

/* @size bytes to the writable buffers from number @first on; true if they took all. */
static bool scatter(const struct fake_chain *chain, uint32_t first, uint32_t last, const uint8_t *from, uint64_t size)
{
	for (uint32_t i = first; i < last && size; i++) {
		uint64_t part = size < chain->buf[i].size ? size : chain->buf[i].size;

		memcpy(chain->buf[i].at, from, part);
		from += part;
		size -= part;
	}
	return size == 0;
}

static uint64_t room(const struct fake_chain *chain, uint32_t first, uint32_t last)
{
	uint64_t size = 0;

	for (uint32_t i = first; i < last; i++)
		size += chain->buf[i].size;
	return size;
}

static bool evil(enum fake_evil what)
{
	return F.evil == what && F.requests > F.evil_after;
}

static void serve_blk(const struct fake_chain *chain)
{
	uint32_t last = chain->out + chain->in - 1;
	uint64_t at = get64((uintptr_t)chain->buf[0].at + 8) * VIRTIO_BLK_SECTOR, size = room(chain, chain->out, last);
	uint8_t *status = chain->buf[last].at;

	if (evil(NO_STATUS))
		return;
	if (evil(STATUS_ERROR) || at % F.block_size || size % F.block_size || at + size > F.disk_size) {
		*status = 1;
		return;
	}
	scatter(chain, chain->out, last, F.disk + at, size);
	*status = VIRTIO_BLK_S_OK;
}

static void sense(struct virtio_scsi_resp *resp, uint8_t key, bool fixed)
{
	resp->status = SCSI_CHECK_CONDITION;
	resp->sense[0] = fixed ? SCSI_SENSE_FIXED : SCSI_SENSE_DESCRIPTOR;
	resp->sense[fixed ? 2 : 1] = key;
}

static bool has_lun(uint16_t lun)
{
	for (uint32_t i = 0; i < F.luns; i++)
		if (F.lun[i] == lun)
			return true;
	return false;
}

static void serve_command(const struct fake_chain *chain, struct virtio_scsi_resp *resp, const uint8_t *cdb)
{
	uint8_t reply[256] = { 0 };
	uint64_t block, blocks, last = F.disk_size / F.block_size - 1;
	uint32_t first = chain->out + 1, end = chain->out + chain->in;
	uint64_t size = 0;
	const uint8_t *from = reply;

	switch (cdb[0]) {
	case SCSI_TEST_UNIT_READY:
		break;
	case SCSI_INQUIRY:
		reply[0] = F.scsi_type;
		size = SCSI_INQUIRY_MIN;
		break;
	case SCSI_READ_CAPACITY_10:
		be32_store(reply, F.capacity_16 ? UINT32_MAX : (uint32_t)last);
		be32_store(reply + 4, F.block_size);
		size = 8;
		break;
	case SCSI_SERVICE_ACTION_IN:
		be64_store(reply, F.capacity_16 && F.evil == LEN_LARGE ? UINT64_MAX : last);
		be32_store(reply + 8, F.block_size);
		size = 32;
		break;
	case SCSI_REPORT_LUNS:
		be32_store(reply, F.luns * 8);
		for (uint32_t i = 0; i < F.luns; i++)
			be16_store(reply + 8 + 8 * i, F.lun[i] > 255 ? F.lun[i] | 0x4000 : F.lun[i]);
		size = 8 + 8 * F.luns;
		break;
	case SCSI_READ_10:
	case SCSI_READ_16:
		block = cdb[0] == SCSI_READ_10 ? be32_load(cdb + 2) : be64_load(cdb + 2);
		blocks = cdb[0] == SCSI_READ_10 ? be16_load(cdb + 7) : be32_load(cdb + 10);
		if (block > last || blocks > last + 1 - block) {
			sense(resp, 5, true);
			return;
		}
		from = F.disk + block * F.block_size;
		size = blocks * F.block_size;
		break;
	default:
		sense(resp, 5, true);
		return;
	}
	if (size > room(chain, first, end))
		size = room(chain, first, end);
	scatter(chain, first, end, from, size);
	put32((uintptr_t)resp->residual, (uint32_t)(room(chain, first, end) - size) + evil(SHORT));
}

static void serve_scsi(const struct fake_chain *chain)
{
	const struct virtio_scsi_req *req = (const void *)chain->buf[0].at;
	struct virtio_scsi_resp resp;
	uint16_t lun = be16_load(req->lun + 2) & 0x3fff;

	memset(&resp, 0, sizeof(resp));
	if (evil(NO_STATUS))
		return;
	if (req->lun[0] != 1 || req->lun[1] != 3 || (req->cdb[0] != SCSI_REPORT_LUNS && !has_lun(lun)))
		resp.response = VIRTIO_SCSI_S_BAD_TARGET;
	else if (evil(STATUS_ERROR))
		sense(&resp, 3, true);
	else if (evil(BUSY))
		resp.status = SCSI_BUSY;
	else if ((evil(ATTENTION) || F.attention) && req->cdb[0] != SCSI_REPORT_LUNS && req->cdb[0] != SCSI_INQUIRY) {
		F.attention -= F.attention > 0;
		sense(&resp, SCSI_SENSE_UNIT_ATTENTION, F.attention & 1);
	} else
		serve_command(chain, &resp, req->cdb);
	memcpy(chain->buf[chain->out].at, &resp, sizeof(resp));
}

static void serve(const struct fake_chain *chain)
{
	uint8_t random[256];

	switch (F.function->type) {
	case VIRTIO_ID_BLOCK: serve_blk(chain); break;
	case VIRTIO_ID_SCSI: serve_scsi(chain); break;
	case VIRTIO_ID_RNG:
		memset(random, 0xa5, sizeof(random));
		scatter(chain, chain->out, chain->out + chain->in, random, sizeof(random));
		break;
	case VIRTIO_ID_CONSOLE:
		if (F.written_size + chain->buf[0].size <= sizeof(F.written)) {
			memcpy(F.written + F.written_size, chain->buf[0].at, chain->buf[0].size);
			F.written_size += chain->buf[0].size;
		}
		break;
	}
}

/* Put a chain into the used ring, in the evil way asked for. */
static void complete(struct fake_queue *queue, const struct fake_chain *chain)
{
	uint32_t id = chain->head, size = writable(chain);

	if (evil(NEVER))
		return;
	if (evil(ID_RANGE))
		id = queue->size + 7;
	if (evil(ID_FREE))
		id = (chain->head + 1) % queue->size;
	if (evil(LEN_LARGE))
		size++;
	if (evil(EMPTY))
		size = 0;
	if (evil(REWRITE))
		memset((void *)queue->desc, 0xff, 16UL * queue->size);
	put32(queue->used + 4 + 8UL * (queue->index % queue->size), id);
	put32(queue->used + 8 + 8UL * (queue->index % queue->size), size);
	queue->index++;
	if (evil(ID_TWICE)) {
		put32(queue->used + 4 + 8UL * (queue->index % queue->size), id);
		queue->index++;
	}
	put16(queue->used + 2, (uint16_t)(queue->index + (evil(INDEX_JUMPS) ? 500 : evil(INDEX_BACK) ? -9 : 0)));
}

/* Behind an IOMMU: whether all of it is mapped. */
static bool reaches(const void *at, uint64_t size)
{
	uint64_t first = ((uintptr_t)at - F.tce_base) / 4096, last = ((uintptr_t)at + size - 1 - F.tce_base) / 4096;

	if (!(F.agreed & VIRTIO_F_ACCESS_PLATFORM))
		return true;
	for (; first <= last; first++)
		if (first >= sizeof(F.tce) / sizeof(F.tce[0]) || !F.tce[first])
			return false;
	return true;
}

static bool reaches_chain(const struct fake_chain *chain)
{
	for (uint32_t i = 0; i < chain->out + chain->in; i++)
		if (!reaches(chain->buf[i].at, chain->buf[i].size))
			return false;
	return true;
}

/* The next request, if there is one. */
static bool work_once(struct fake_queue *queue)
{
	struct fake_chain chain;

	if (!queue->enabled || !(F.status & VIRTIO_STATUS_DRIVER_OK) || queue->seen == get16(queue->avail + 2))
		return false;
	read_chain(queue, get16(queue->avail + 4 + 2UL * (queue->seen++ % queue->size)), &chain);
	F.requests++;
	if (!reaches_chain(&chain))
		return false;
	serve(&chain);
	complete(queue, &chain);
	return true;
}

/* A slow device looks at the clock when the driver does. */
static void work_slowly(void)
{
	if (fake.timebase - F.idle_since < F.slow)
		return;
	F.idle_since = fake.timebase;
	work_once(F.busy);
}

static void work(struct fake_queue *queue)
{
	if (F.slow) {
		F.busy = queue;
		F.idle_since = fake.timebase;
		fake.on_time = work_slowly;
		return;
	}
	while (work_once(queue))
		continue;
}

static void set_status(uint32_t value)
{
	F.status = value;
	if (value)
		return;
	F.resets++;
	for (size_t i = 0; i < sizeof(F.queue) / sizeof(F.queue[0]); i++)
		F.queue[i] = (struct fake_queue){ .size = F.queue[i].size };
}

static uint32_t get_status(void)
{
	if (F.status_ones)
		return 0xff;
	if (F.status == 0 && F.reset_reads) {
		F.reset_reads -= F.reset_reads != UINT32_MAX;
		return VIRTIO_STATUS_DRIVER_OK;
	}
	return F.refuse_features ? F.status & ~(uint32_t)VIRTIO_STATUS_FEATURES_OK : F.status;
}

static struct fake_queue *selected(void)
{
	static struct fake_queue none;

	none = (struct fake_queue){ 0 };
	return F.select < sizeof(F.queue) / sizeof(F.queue[0]) ? &F.queue[F.select] : &none;
}

static void notify(uint32_t index)
{
	F.notifies++;
	if (index < sizeof(F.queue) / sizeof(F.queue[0]))
		work(&F.queue[index]);
}

static uint32_t read_config(uint32_t at, uint32_t size)
{
	uint32_t value = 0;

	for (uint32_t i = 0; i < size; i++)
		value |= (uint32_t)F.device_config[(at + i) % sizeof(F.device_config)] << 8 * i;
	return value;
}

static uint32_t read_modern(uint32_t at, uint32_t size)
{
	switch (at) {
	case VIRTIO_PCI_COMMON_DF: return (uint32_t)(F.features >> 32 * (F.feature_select[0] & 1));
	case VIRTIO_PCI_COMMON_STATUS: return get_status();
	case VIRTIO_PCI_COMMON_Q_SIZE: return selected()->size;
	case VIRTIO_PCI_COMMON_Q_NOFF: return F.select;
	}
	return at >= DEVICE && at < NOTIFY ? read_config(at - DEVICE, size) : 0;
}

static void set_half(uint64_t *value, uint32_t high, uint32_t half)
{
	*value = high ? (*value & 0xffffffff) | (uint64_t)half << 32 : (*value & ~0xffffffffUL) | half;
}

static void write_modern(uint32_t at, uint32_t value)
{
	struct fake_queue *queue = selected();

	switch (at) {
	case VIRTIO_PCI_COMMON_DFSELECT: F.feature_select[0] = value; break;
	case VIRTIO_PCI_COMMON_GFSELECT: F.feature_select[1] = value; break;
	case VIRTIO_PCI_COMMON_GF: set_half(&F.agreed, F.feature_select[1] & 1, value); break;
	case VIRTIO_PCI_COMMON_STATUS: set_status(value); break;
	case VIRTIO_PCI_COMMON_Q_SELECT: F.select = value; break;
	case VIRTIO_PCI_COMMON_Q_SIZE: queue->size = value; break;
	case VIRTIO_PCI_COMMON_Q_ENABLE: queue->enabled = value; break;
	case VIRTIO_PCI_COMMON_Q_DESC:
	case VIRTIO_PCI_COMMON_Q_DESC + 4: set_half(&queue->desc, at & 4, value); break;
	case VIRTIO_PCI_COMMON_Q_AVAIL:
	case VIRTIO_PCI_COMMON_Q_AVAIL + 4: set_half(&queue->avail, at & 4, value); break;
	case VIRTIO_PCI_COMMON_Q_USED:
	case VIRTIO_PCI_COMMON_Q_USED + 4: set_half(&queue->used, at & 4, value); break;
	}
	if (queue->enabled && F.no_notify)
		put16(queue->used, VRING_USED_F_NO_NOTIFY);
	if (at >= NOTIFY)
		notify((at - NOTIFY) / 4);
}

static uint32_t read_legacy(uint32_t at, uint32_t size)
{
	switch (at) {
	case VIRTIO_LEGACY_HOST_FEATURES: return (uint32_t)F.features;
	case VIRTIO_LEGACY_QUEUE_NUM: return selected()->size;
	case VIRTIO_LEGACY_STATUS: return get_status();
	}
	return at >= VIRTIO_LEGACY_CONFIG ? read_config(at - VIRTIO_LEGACY_CONFIG, size) : 0;
}

static void write_legacy(uint32_t at, uint32_t value)
{
	struct fake_queue *queue = selected();

	switch (at) {
	case VIRTIO_LEGACY_GUEST_FEATURES: F.agreed = value; break;
	case VIRTIO_LEGACY_QUEUE_SEL: F.select = value; break;
	case VIRTIO_LEGACY_QUEUE_NOTIFY: notify(value); break;
	case VIRTIO_LEGACY_STATUS: set_status(value); break;
	case VIRTIO_LEGACY_QUEUE_PFN:
		queue->desc = (uint64_t)value * VIRTIO_LEGACY_PAGE;
		queue->avail = queue->desc + 16UL * queue->size;
		queue->used = (queue->avail + 6 + 2UL * queue->size + 4095) & ~4095UL;
		queue->enabled = value != 0;
		break;
	}
}

/* Bytes of a register: the driver has to use accesses of that width (virtio 1.2, 4.1.3.1). */
static uint32_t width_modern(uint32_t at)
{
	switch (at) {
	case VIRTIO_PCI_COMMON_STATUS:
		return 1;
	case VIRTIO_PCI_COMMON_Q_SELECT:
	case VIRTIO_PCI_COMMON_Q_SIZE:
	case VIRTIO_PCI_COMMON_Q_ENABLE:
	case VIRTIO_PCI_COMMON_Q_NOFF:
		return 2;
	}
	return at >= NOTIFY ? 2 : 4;
}

static uint32_t width_legacy(uint32_t at)
{
	switch (at) {
	case VIRTIO_LEGACY_STATUS:
		return 1;
	case VIRTIO_LEGACY_QUEUE_NUM:
	case VIRTIO_LEGACY_QUEUE_SEL:
	case VIRTIO_LEGACY_QUEUE_NOTIFY:
		return 2;
	}
	return 4;
}

/* Configuration of the device may be read in parts. */
static bool is_width(uint32_t at, uint32_t size)
{
	if (F.modern ? at >= DEVICE && at < NOTIFY : at >= VIRTIO_LEGACY_CONFIG)
		return size == 1 || size == 2 || size == 4;
	return size == (F.modern ? width_modern(at) : width_legacy(at));
}

/* Where the registers are by the BARs; UINT32_MAX outside. */
static uint32_t decode(uint64_t address)
{
	uint64_t io = CPU_IO + (le32_load(F.config + 0x10) & ~3U);
	uint64_t mem = CPU_MEM - 0x80000000 + ((le32_load(F.config + 0x20) & ~15U) |
					       (uint64_t)le32_load(F.config + 0x24) << 32);
	uint16_t command = le16_load(F.config + PCI_COMMAND);

	if (F.modern && (command & PCI_COMMAND_MEMORY) && address >= mem && address - mem < 0x4000)
		return (uint32_t)(address - mem);
	if (!F.modern && (command & PCI_COMMAND_IO) && address >= io && address - io < 0x80)
		return (uint32_t)(address - io);
	return UINT32_MAX;
}

static uint32_t mmio_read_(uint64_t address, uint32_t size)
{
	uint32_t at = decode(address), mask = 0xffffffffU >> (32 - 8 * size);

	if (at == UINT32_MAX || !is_width(at, size))
		return mask;
	return (F.modern ? read_modern(at, size) : read_legacy(at, size)) & mask;
}

static void mmio_write_(uint64_t address, uint32_t size, uint32_t value)
{
	uint32_t at = decode(address);

	if (at == UINT32_MAX || !is_width(at, size))
		return;
	if (F.modern)
		write_modern(at, value);
	else
		write_legacy(at, value);
}

static int64_t hcall_(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	uint64_t page = (in[1] - F.tce_base) / 4096;

	(void)out;
	if (number != H_PUT_TCE || in[0] != 0x80000000)
		return H_FUNCTION;
	if (in[1] < F.tce_base || page >= sizeof(F.tce) / sizeof(F.tce[0]))
		return H_PARAMETER;
	F.tces += (in[2] != 0) - (F.tce[page] != 0);
	F.tce[page] = in[2];
	return H_SUCCESS;
}

static void put_cap(uint32_t at, uint32_t next, uint32_t type, uint32_t offset, uint32_t size)
{
	le32_store(F.config + at, PCI_CAP_ID_VNDR | next << 8 | 20U << 16 | type << 24);
	le32_store(F.config + at + 4, 4);
	le32_store(F.config + at + 8, offset);
	le32_store(F.config + at + 12, size);
	le32_store(F.config + at + 16, 4);
}

static void describe(uint32_t type)
{
	F.function = &F.bus.function[0];
	*F.function = (struct pci_function){ .node = 1, .type = type, .config = { 0x800000020000000, 0x1000, READ_TOKEN, WRITE_TOKEN } };
	F.function->bar[0] = (struct pci_bar){ 0x80, PCI_IO };
	F.function->bar[4] = (struct pci_bar){ 0x4000, PCI_MEM64 };
	F.bus.functions = F.bus.phbs = 1;
	F.bus.phb[0] = (struct pci_phb){ .buid = 0x800000020000000, .dma = { 0x80000000, { 0, 1UL << 32 } } };
	F.bus.phb[0].window[PCI_IO] = (struct pci_window){ 0x1000, 0x1000, 0x10000, CPU_IO };
	F.bus.phb[0].window[PCI_MEM32] = (struct pci_window){ 0x80000000, 0x80000000, 1UL << 32, CPU_MEM - 0x80000000 };
	F.bus.phb[0].window[PCI_MEM64] = (struct pci_window){ 0x210000000000, 0x210000000000, 0x220000000000, 0 };
}

static void fill_config(void)
{
	le16_store(F.config + PCI_STATUS, F.modern ? PCI_STATUS_CAP_LIST : 0);
	F.config[PCI_CAPABILITY_LIST] = 0x40;
	le32_store(F.config + 0x10, PCI_BASE_ADDRESS_IO);
	le32_store(F.config + 0x20, PCI_BASE_ADDRESS_64 | 8);
	le32_store(F.config + 0x40, 0x11 | 0x50 << 8);	/* MSI-X: passed over */
	put_cap(0x50, 0x64, VIRTIO_PCI_CAP_COMMON, COMMON, 0x1000);
	put_cap(0x64, 0x78, VIRTIO_PCI_CAP_DEVICE, DEVICE, 0x40);
	put_cap(0x78, 0x8c, VIRTIO_PCI_CAP_NOTIFY, NOTIFY, 0x1000);
	put_cap(0x8c, 0, 5, 0, 0);	/* by configuration space: not used */
}

void fake_virtio_reset(uint32_t type, bool modern)
{
	memset(&F, 0, sizeof(F));
	F.modern = modern;
	F.block_size = 512;
	F.features = modern ? VIRTIO_F_VERSION_1 : 0;
	describe(type);
	fill_config();
	for (size_t i = 0; i < sizeof(F.queue) / sizeof(F.queue[0]); i++)
		F.queue[i].size = 256;
	fake.rtas = rtas;
	fake.mmio_read = mmio_read_;
	fake.mmio_write = mmio_write_;
	fake.hcall = hcall_;
	fake.timebase_step = 5120000;	/* ten milliseconds: a time-out is 500 looks at the clock */
}
