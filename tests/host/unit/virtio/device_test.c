// SPDX-License-Identifier: GPL-2.0-or-later
/* Devices as they should be, and as they should not, from configuration space to the first request. */
#include "abi/virtio.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "tests/host/fake/virtio.h"
#include "tests/host/unit/test.h"
#include "virtio/console.h"
#include "virtio/device.h"
#include "virtio/rng.h"

#define F fake_virtio

static struct virtio device;
static struct queue queue;
static uint8_t *memory;

static int setup(void **state)
{
	fresh(state);
	if (!memory)
		memory = fake_memory(RING_BYTES + 65536);
	fake_virtio_reset(VIRTIO_ID_RNG, true);
	return 0;
}
#define VTEST(name) cmocka_unit_test_setup(name, setup)

static int open_device(void)
{
	return virtio_open(&device, &F.bus, F.function, 0);
}

/* After an error nothing may be left open: no decoding, no bus mastering. */
static void fails(int number, const char *text)
{
	assert_int_equal(open_device(), number);
	if (!strstr(error_text(), text))
		print_error("'%s' is not in '%s'\n", text, error_text());
	assert_non_null(strstr(error_text(), text));
	assert_int_equal(le16_load(F.config + PCI_COMMAND), 0);
	assert_int_equal(le32_load(F.config + 0x20), 12);
}

static void test_modern(void **state)
{
	uint64_t value;

	(void)state;
	F.features = VIRTIO_F_VERSION_1 | 0x70;
	le64_store(F.device_config, 0x1122334455667788);
	assert_int_equal(virtio_open(&device, &F.bus, F.function, 0x11), 0);
	assert_true(device.modern);
	assert_int_equal(F.agreed, VIRTIO_F_VERSION_1 | 0x10);
	assert_int_equal(F.status, VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | VIRTIO_STATUS_FEATURES_OK);
	assert_int_equal(le16_load(F.config + PCI_COMMAND), PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	assert_int_equal(le32_load(F.config + 0x20), 0x80000000);
	assert_int_equal(virtio_queue(&queue, &device, 0, memory), 0);
	assert_int_equal(F.queue[0].desc, (uintptr_t)memory);
	assert_int_equal(F.queue[0].enabled, 1);
	virtio_start(&device);
	assert_true(F.status & VIRTIO_STATUS_DRIVER_OK);
	assert_int_equal(virtio_config(&device, 0, 8, &value), 0);
	assert_int_equal(value, 0x1122334455667788);
	assert_int_equal(virtio_config(&device, 0, 4, &value), 0);
	assert_int_equal(value, 0x55667788);
	assert_int_equal(virtio_config(&device, 0x3d, 4, &value), E_VIRTIO_CONFIG);
	assert_int_equal(virtio_close(&device), 0);
	assert_int_equal(F.status, 0);
	assert_int_equal(F.queue[0].enabled, 0);
	assert_int_equal(le16_load(F.config + PCI_COMMAND), 0);
	assert_int_equal(le32_load(F.config + 0x20), 12);
}

static void test_legacy(void **state)
{
	uint64_t value;

	(void)state;
	fake_virtio_reset(VIRTIO_ID_RNG, false);
	F.features = 0x70;
	be64_store(F.device_config, 0x1122334455667788);
	be16_store(F.device_config + 8, 0xabcd);
	assert_int_equal(virtio_open(&device, &F.bus, F.function, 0x11), 0);
	assert_false(device.modern);
	assert_int_equal(F.agreed, 0x10);
	assert_int_equal(le16_load(F.config + PCI_COMMAND), PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	F.queue[0].size = 1024;
	assert_int_equal(virtio_queue(&queue, &device, 0, memory), 0);
	assert_int_equal(F.queue[0].used, (uintptr_t)queue.ring.used);
	assert_int_equal(virtio_config(&device, 0, 8, &value), 0);
	assert_int_equal(value, 0x1122334455667788);
	assert_int_equal(virtio_config(&device, 8, 2, &value), 0);
	assert_int_equal(value, 0xabcd);
	assert_int_equal(virtio_config(&device, 8, 1, &value), 0);
	assert_int_equal(value, 0xab);
	assert_int_equal(virtio_config(&device, 0x70, 4, &value), E_VIRTIO_CONFIG);
	assert_int_equal(virtio_close(&device), 0);
	assert_int_equal(le32_load(F.config + 0x10), 1);
}

/* A ring that a 32-bit page number cannot name. */
static void test_legacy_far(void **state)
{
	uint8_t *far = aligned_alloc(4096, RING_BYTES);	/* where the host's heap is: above 16 TiB */

	(void)state;
	fake_virtio_reset(VIRTIO_ID_RNG, false);
	assert_int_equal(open_device(), 0);
	assert_true((uintptr_t)far >> 44);
	assert_int_equal(virtio_queue(&queue, &device, 0, far), E_VIRTIO_QUEUE);
	free(far);
}

static void test_config_space(void **state)
{
	(void)state;
	memset(F.config, 0xff, sizeof(F.config));
	assert_int_equal(open_device(), E_VIRTIO_CONFIG);
	setup(NULL);
	for (uint32_t i = 1; ; i++) {	/* each access to it fails once */
		setup(NULL);
		F.config_fails_at = i;
		if (open_device() == 0)
			break;
		assert_true(F.config_accesses >= i && i < 100);
	}
	assert_true(F.config_accesses > 20 && F.config_accesses < F.config_fails_at);
	setup(NULL);
	F.config[PCI_CAPABILITY_LIST] = 0x20;
	fails(E_VIRTIO_CONFIG, "no place");
	setup(NULL);
	F.config[PCI_CAPABILITY_LIST] = 0x41;
	fails(E_VIRTIO_CONFIG, "no place");
	setup(NULL);
	F.config[PCI_CAPABILITY_LIST] = 0xf4;
	fails(E_VIRTIO_CONFIG, "no place");
	setup(NULL);
	F.config[0x8c + 1] = 0x40;
	fails(E_VIRTIO_CONFIG, "circle");
	setup(NULL);
	F.config[0x40 + 1] = 0x40;
	fails(E_VIRTIO_CONFIG, "circle");
}

static void test_structures(void **state)
{
	static const struct {
		uint32_t at, value;
		const char *text;
	} cases[] = {
		{ 0x54, 6, "outside its BAR" }, { 0x54, 1, "outside its BAR" }, { 0x54, 5, "outside its BAR" },
		{ 0x58, 0x3001, "outside its BAR" }, { 0x58, 0xffffffff, "outside its BAR" },
		{ 0x5c, 0xffffffff, "outside its BAR" }, { 0x5c, 0x4001, "outside its BAR" }, { 0x5c, 55, "too small" },
		{ 0x6c, 0x4000, "outside its BAR" }, { 0x84, 1, "too small" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setup(NULL);
		le32_store(F.config + cases[i].at, cases[i].value);
		fails(E_VIRTIO_CONFIG, cases[i].text);
	}
	setup(NULL);
	F.config[0x78 + 3] = 9;		/* no notify structure */
	fails(E_VIRTIO_CONFIG, "no notify");
	setup(NULL);
	F.config[0x50 + 3] = 9;		/* no common structure: legacy, but for BAR 0 */
	F.function->bar[0].size = 8;
	fails(E_VIRTIO_CONFIG, "neither");
	setup(NULL);
	F.config[0x50 + 2] = 8;		/* too short a capability is passed over */
	F.function->bar[0].size = 0;
	fails(E_VIRTIO_CONFIG, "neither");
	setup(NULL);
	memmove(F.config + 0xf0, F.config + 0x78, 16);	/* notify at the very end */
	F.config[0x64 + 1] = 0xf0;
	F.config[0xf1] = 0;
	fails(E_VIRTIO_CONFIG, "multiplier");
}

static void test_bars(void **state)
{
	(void)state;
	le32_store(F.config + 0x20, 0x90000000 | 12);	/* assigned already: stays */
	assert_int_equal(open_device(), 0);
	assert_int_equal(device.base, 0x200090000000);
	assert_int_equal(virtio_close(&device), 0);
	assert_int_equal(le32_load(F.config + 0x20), 0x90000000 | 12);
	le32_store(F.config + 0x24, 0x2100);		/* in the 64-bit window */
	le32_store(F.config + 0x20, 0x00010000 | 12);
	assert_int_equal(open_device(), E_VIRTIO_RESET);	/* the fake does not answer there */
	setup(NULL);
	le32_store(F.config + 0x20, 0x7000000c);
	assert_int_equal(open_device(), E_VIRTIO_CONFIG);
	setup(NULL);
	F.bus.phb[0].window[PCI_MEM32].end = 0x80003000;
	F.bus.phb[0].window[PCI_MEM64].end = 0x210000001000;
	fails(E_PCI_WINDOW, "BAR 4");
	setup(NULL);
	F.bus.phb[0].window[PCI_MEM32].next = F.bus.phb[0].window[PCI_MEM32].end;
	assert_int_equal(open_device(), E_VIRTIO_RESET);	/* goes into the 64-bit window, likewise */
	assert_int_equal(device.access.address[4], 0x210000000000);
	setup(NULL);
	F.function->bar[4].size = 0x4001;
	fails(E_PCI_WINDOW, "BAR 4");
	setup(NULL);
	F.function->bar[5] = F.function->bar[4];
	F.config[0x54] = F.config[0x68] = F.config[0x7c] = 5;	/* 64 bits need two registers */
	fails(E_VIRTIO_CONFIG, "no BAR 5");
}

static void test_reset(void **state)
{
	(void)state;
	F.reset_reads = 20;
	assert_int_equal(open_device(), 0);
	setup(NULL);
	F.reset_reads = UINT32_MAX;
	fails(E_VIRTIO_RESET, "after 5 s");
	setup(NULL);
	F.status_ones = true;
	fails(E_VIRTIO_RESET, "after 5 s");
	setup(NULL);
	assert_int_equal(open_device(), 0);
	F.reset_reads = UINT32_MAX;		/* at the end: reported, and no bus master all the same */
	assert_int_equal(virtio_close(&device), E_VIRTIO_RESET);
	assert_int_equal(le16_load(F.config + PCI_COMMAND), 0);
}

static void test_features(void **state)
{
	(void)state;
	F.features = 0x10;
	fails(E_VIRTIO_FEATURES, "VERSION_1");
	setup(NULL);
	F.refuse_features = true;
	fails(E_VIRTIO_FEATURES, "refuses");
}

static void test_queues(void **state)
{
	static const uint32_t bad[] = { 0, 3, 255, 65535 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setup(NULL);
		F.queue[0].size = bad[i];
		assert_int_equal(open_device(), 0);
		assert_int_equal(virtio_queue(&queue, &device, 0, memory), E_VIRTIO_QUEUE);
	}
	setup(NULL);
	F.queue[0].size = 32768;	/* a modern one is made smaller */
	assert_int_equal(open_device(), 0);
	assert_int_equal(virtio_queue(&queue, &device, 0, memory), 0);
	assert_int_equal(F.queue[0].size, 256);
	assert_int_equal(virtio_queue(&queue, &device, 77, memory), E_VIRTIO_QUEUE);
	fake_virtio_reset(VIRTIO_ID_RNG, false);
	F.queue[0].size = 2048;
	assert_int_equal(open_device(), 0);
	assert_int_equal(virtio_queue(&queue, &device, 0, memory), E_VIRTIO_QUEUE);
	setup(NULL);
	le32_store(F.config + 0x78 + 16, 0xffe);	/* multiplier: queue 1 is notified at the end of the structure */
	assert_int_equal(open_device(), 0);
	assert_int_equal(virtio_queue(&queue, &device, 0, memory), 0);
	assert_int_equal(virtio_queue(&queue, &device, 1, memory), 0);
	setup(NULL);
	le32_store(F.config + 0x78 + 16, 0xfff);	/* a byte of it behind the end */
	assert_int_equal(open_device(), 0);
	assert_int_equal(virtio_queue(&queue, &device, 0, memory), 0);
	assert_int_equal(virtio_queue(&queue, &device, 1, memory), E_VIRTIO_QUEUE);
}

/* Bridges before the function: windows opened, shared while one user is left, shut as they were. */
static void test_bridges(void **state)
{
	struct pci_function other;
	struct virtio second;

	(void)state;
	F.function->bridges = 2;
	F.function->bridge[0] = 0x800;
	F.function->bridge[1] = 0x10000;
	F.bus.function[1] = *F.function;
	other = *F.function;
	assert_int_equal(open_device(), 0);
	assert_int_equal(le32_load(F.bridge[0] + PCI_MEMORY_BASE), 0x80f08000);	/* 16 MiB */
	assert_int_equal(le16_load(F.bridge[0] + PCI_IO_BASE), 0x7040);		/* 16 KiB from 16 KiB on */
	assert_int_equal(le32_load(F.bridge[1] + PCI_MEMORY_BASE), 0x80108000);	/* 2 MiB of those */
	assert_int_equal(le16_load(F.bridge[1] + PCI_COMMAND), 7);
	assert_int_equal(virtio_open(&second, &F.bus, &other, 0), 0);
	assert_int_equal(F.bus.open_bridges, 2);
	assert_int_equal(virtio_close(&second), 0);
	assert_int_equal(le16_load(F.bridge[1] + PCI_COMMAND), 7);
	assert_int_equal(virtio_close(&device), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(le16_load(F.bridge[i] + PCI_COMMAND), 0);
		assert_int_equal(le32_load(F.bridge[i] + PCI_MEMORY_BASE), 0);
		assert_int_equal(le16_load(F.bridge[i] + PCI_IO_BASE), 0);
	}
	assert_int_equal(open_device(), 0);		/* again: the same part of the windows */
	assert_int_equal(F.bus.open_bridges, 2);
	virtio_close(&device);
	for (uint32_t i = 1; i == 1 || F.config_accesses >= i - 1; i++) {	/* each access fails once */
		int rc;

		setup(NULL);
		F.function->bridges = 1;
		F.function->bridge[0] = 0x800;
		F.config_fails_at = i;
		rc = open_device();
		if (rc == 0)
			rc = virtio_close(&device);
		assert_int_equal(rc, F.config_accesses >= i ? E_PCI_CONFIG : 0);
		assert_int_equal(F.bus.open_bridges ? F.bus.open[0].users : 0, 0);
	}
}

static void test_bridges_full(void **state)
{
	(void)state;
	F.function->bridges = 1;
	F.function->bridge[0] = 0x800;
	F.bus.open_bridges = PCI_OPEN_MAX;
	fails(E_PCI_WINDOW, "bridges");
	setup(NULL);
	F.function->bridges = 1;
	F.function->bridge[0] = 0x800;
	F.bus.phb[0].window[PCI_MEM32].end = 0x80100000;	/* no room: its windows stay shut */
	F.bus.phb[0].window[PCI_IO].end = 0x2000;
	assert_int_equal(open_device(), E_PCI_WINDOW);
	setup(NULL);
	F.function->bridges = 1;
	F.function->bridge[0] = 0x800;
	le16_store(F.bridge[0] + PCI_COMMAND, PCI_COMMAND_MEMORY);	/* set up by other firmware: left alone */
	le32_store(F.bridge[0] + PCI_MEMORY_BASE, 0x90f09000);
	le32_store(F.config + 0x20, 0x90000000 | 12);
	assert_int_equal(open_device(), 0);
	assert_int_equal(le32_load(F.bridge[0] + PCI_MEMORY_BASE), 0x90f09000);
	assert_int_equal(le16_load(F.bridge[0] + PCI_COMMAND), PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	assert_int_equal(virtio_close(&device), 0);
	assert_int_equal(le16_load(F.bridge[0] + PCI_COMMAND), PCI_COMMAND_MEMORY);
}

static void test_iommu(void **state)
{
	(void)state;
	F.features |= VIRTIO_F_ACCESS_PLATFORM;
	F.tce_base = (uintptr_t)memory & ~0xffffUL;
	assert_int_equal(open_device(), 0);
	assert_true(F.agreed & VIRTIO_F_ACCESS_PLATFORM);
	assert_int_equal(virtio_queue(&queue, &device, 0, memory), 0);
	assert_int_equal(F.tces, (ring_bytes(256) + 4095) / 4096);
	assert_int_equal(virtio_map(&device, memory + RING_BYTES + 4000, 200), 0);	/* two pages */
	assert_int_equal(F.tces, (ring_bytes(256) + 4095) / 4096 + 2);
	assert_int_equal(virtio_map(&device, memory + RING_BYTES + 4000, 100), 0);	/* there already */
	assert_int_equal(virtio_map(&device, memory, 0), 0);
	assert_int_equal(virtio_map(&device, memory, UINT64_MAX), E_VIRTIO_IOMMU);
	assert_int_equal(virtio_map(&device, (void *)0xffffffff000, 1), E_VIRTIO_IOMMU);
	assert_int_equal(virtio_map(&device, (void *)(F.tce_base + (32 << 20)), 1), E_VIRTIO_IOMMU);	/* refused */
	assert_int_equal(virtio_close(&device), E_VIRTIO_IOMMU);	/* and so is taking it back */
	assert_int_equal(F.tces, 0);
	setup(NULL);						/* too many pieces */
	F.features |= VIRTIO_F_ACCESS_PLATFORM;
	F.tce_base = 0;
	assert_int_equal(open_device(), 0);
	for (uint64_t i = 0; i < RANGES_MAX; i++)
		assert_int_equal(virtio_map(&device, (void *)(i * 8192), 1), 0);
	assert_int_equal(virtio_map(&device, (void *)(RANGES_MAX * 8192), 1), E_VIRTIO_IOMMU);
	assert_int_equal(virtio_close(&device), 0);
	assert_int_equal(F.tces, 0);
	setup(NULL);						/* what it has not mapped it leaves alone */
	F.features |= VIRTIO_F_ACCESS_PLATFORM;
	assert_int_equal(open_device(), 0);
	assert_int_equal(virtio_map(&device, NULL, 1), 0);
	assert_int_equal(virtio_map(&device, (void *)8192, 1), 0);
	device.iommu.mapped.count = 1;
	assert_int_equal(virtio_close(&device), 0);
	assert_int_equal(F.tces, 1);
}

static void test_rng(void **state)
{
	uint8_t bytes[100] = { 0 };

	(void)state;
	for (int modern = 0; modern < 2; modern++) {
		fake_virtio_reset(VIRTIO_ID_RNG, modern);
		assert_int_equal(rng_read(&device, &queue, &F.bus, F.function, memory, bytes, sizeof(bytes)), 0);
		for (size_t i = 0; i < sizeof(bytes); i++)
			assert_int_equal(bytes[i], 0xa5);
		assert_int_equal(F.status, 0);
	}
	for (int evil = NEVER; evil <= EMPTY; evil++) {
		int rc, want = evil == NEVER ? E_VIRTIO_TIMEOUT :
			       evil == REWRITE || (evil >= STATUS_ERROR && evil < EMPTY) ? 0 : E_VIRTIO_RING;

		setup(NULL);
		F.evil = (enum fake_evil)evil;
		rc = rng_read(&device, &queue, &F.bus, F.function, memory, bytes, sizeof(bytes));
		if (evil != ID_TWICE)		/* one request only: the second is never looked at */
			assert_int_equal(rc, want);
		assert_int_equal(F.status, 0);
	}
	setup(NULL);
	F.queue[0].size = 0;
	assert_int_equal(rng_read(&device, &queue, &F.bus, F.function, memory, bytes, 1), E_VIRTIO_QUEUE);
	F.function->bar[4].size = 0;
	assert_int_equal(rng_read(&device, &queue, &F.bus, F.function, memory, bytes, 1), E_VIRTIO_CONFIG);
}

static void test_console(void **state)
{
	static struct virtio_console console;
	char text[3000];

	(void)state;
	memset(text, 'x', sizeof(text));
	fake_virtio_reset(VIRTIO_ID_CONSOLE, true);
	assert_int_equal(console_open(&console, &F.bus, F.function, memory), 0);
	console_put(&console, text, sizeof(text));
	assert_int_equal(F.written_size, sizeof(text));
	assert_memory_equal(F.written, text, sizeof(text));
	assert_int_equal(F.requests, 3);
	F.evil = NEVER;				/* it hangs: given up, once, and closed */
	console_put(&console, text, 10);
	assert_false(console.open);
	assert_int_equal(F.status, 0);
	console_put(&console, text, 10);
	assert_int_equal(F.requests, 4);
	assert_int_equal(console_close(&console), 0);
	fake_virtio_reset(VIRTIO_ID_CONSOLE, true);
	F.queue[1].size = 0;
	assert_int_equal(console_open(&console, &F.bus, F.function, memory), E_VIRTIO_QUEUE);
	F.function->bar[4].size = 0;
	assert_int_equal(console_open(&console, &F.bus, F.function, memory), E_VIRTIO_CONFIG);
	assert_false(console.open);
}

/* Hints: what each says, done to the same device. */
static void says_hint(int number, const char *words)
{
	assert_non_null(strstr(error_hint(number), words));
	setup(NULL);
}

static void test_hints_321(void **state)
{
	(void)state;
	F.config[0x40 + 1] = 0x40;
	fails(321, "circle");
	says_hint(321, "give it disable-modern=on");
	fake_virtio_reset(VIRTIO_ID_RNG, false);
	assert_int_equal(open_device(), 0);
	assert_false(device.modern);
}

static void test_hints_322(void **state)	/* the bus goes on without it */
{
	(void)state;
	F.reset_reads = UINT32_MAX;
	fails(322, "after 5 s");
	says_hint(322, "remove the device named above");
	assert_int_equal(open_device(), 0);
}

static void test_hints_323(void **state)
{
	uint64_t features = F.features;

	(void)state;
	F.features &= ~VIRTIO_F_VERSION_1;
	fails(323, "VERSION_1");
	says_hint(323, "give the device its default features");
	F.features = features;
	assert_int_equal(open_device(), 0);
}

static void test_hints_325(void **state)
{
	uint8_t bytes[16];

	(void)state;
	F.evil = EMPTY;
	assert_int_equal(rng_read(&device, &queue, &F.bus, F.function, memory, bytes, sizeof(bytes)), 325);
	says_hint(325, "it is broken, or the host interferes");
	assert_int_equal(rng_read(&device, &queue, &F.bus, F.function, memory, bytes, sizeof(bytes)), 0);
}

static void test_hints_327(void **state)	/* "without iommu_platform=on" */
{
	(void)state;
	F.features |= VIRTIO_F_ACCESS_PLATFORM;
	F.tce_base = ((uintptr_t)memory & ~0xffffUL) + (64UL << 20);
	assert_int_equal(open_device(), 0);
	assert_int_equal(virtio_queue(&queue, &device, 0, memory), 327);
	says_hint(327, "use the device without iommu_platform=on");
	F.tce_base = ((uintptr_t)memory & ~0xffffUL) + (64UL << 20);
	assert_int_equal(open_device(), 0);
	assert_int_equal(virtio_queue(&queue, &device, 0, memory), 0);
}

static void test_hints_328(void **state)
{
	(void)state;
	for (uint32_t bridges = 2; bridges; bridges--) {
		setup(NULL);
		F.function->bridges = bridges - 1;
		F.function->bridge[0] = 0x800;
		F.bus.open_bridges = PCI_OPEN_MAX;
		if (bridges == 2)
			fails(328, "bridges");
		else
			assert_int_equal(open_device(), 0);
	}
	assert_non_null(strstr(error_hint(328), "put the device on pci.0"));
}

static void test_hints_329(void **state)	/* a tree of devices that there are */
{
	(void)state;
	F.config_fails_at = 1;
	assert_int_equal(open_device(), 329);
	says_hint(329, "the tree names a device that QEMU does not have");
	assert_int_equal(open_device(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VTEST(test_modern), VTEST(test_legacy), VTEST(test_config_space), VTEST(test_structures),
		VTEST(test_bars), VTEST(test_reset), VTEST(test_features), VTEST(test_queues), VTEST(test_bridges),
		VTEST(test_bridges_full), VTEST(test_iommu), VTEST(test_rng), VTEST(test_console), VTEST(test_legacy_far),
		VTEST(test_hints_321), VTEST(test_hints_322), VTEST(test_hints_323), VTEST(test_hints_325), VTEST(test_hints_327),
		VTEST(test_hints_328), VTEST(test_hints_329),
	};

	return RUN(tests);
}
