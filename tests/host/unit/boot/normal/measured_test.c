// SPDX-License-Identifier: GPL-2.0-or-later
/* Measured boot as a whole: what is in the PCRs and in the log (docs/measured-boot.md), against a model of a TPM. */
#include "boot/normal/measured.h"

#include <libfdt.h>

#include "abi/image.h"
#include "abi/steps.h"
#include "abi/vtpm.h"
#include "boot/doors/door.h"
#include "boot/measured/eventlog.h"
#include "boot/normal/devices.h"
#include "fdt/tpm.h"
#include "lib/bundle.h"
#include "lib/endian.h"
#include "lib/error.h"
#include "lib/log.h"
#include "tests/host/fake/guest.h"
#include "tests/host/fake/tpm.h"
#include "tests/host/unit/test.h"

#define HOME	    0x1c000000UL
#define IMAGE_BYTES 0x4321U		/* of pefboot's own */
#define BUNDLE	    0x10000000UL
#define FIRST_LOG   0x800000UL		/* of Open Firmware */
#define FIRST_ROOM  0x8000U
#define ALL_BANKS   15U
#define LINE	    "quiet root=/dev/vda"

static struct machine machine;
static struct payload payload;
static uint8_t want[FAKE_TPM_PCRS][BANKS][BANK_DIGEST_MAX];

static void fill(uint64_t at, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++)
		((uint8_t *)at)[i] = (uint8_t)(i * 7 ^ at >> 16 ^ i >> 8);
}

static int start(void **state)
{
	static const uint32_t window[5] = { FAKE_TPM_LIOBN, 0, 0, 0, 0x10000000 };
	struct image_header *header = (void *)(HOME + IMAGE_HEADER_AT);

	(void)state;
	guest_make();
	guest_say(LINE);
	fdt_add_subnode(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/vdevice"), "vtpm@71000002");
	guest_set(fake_guest.tree, "/vdevice/vtpm@71000002", "reg", (const uint32_t[]){ FAKE_TPM_UNIT }, 1);
	guest_set(fake_guest.tree, "/vdevice/vtpm@71000002", "ibm,my-dma-window", window, 5);
	fdt_setprop_string(fake_guest.tree, fdt_path_offset(fake_guest.tree, "/vdevice/vtpm@71000002"), "compatible",
			   "IBM,vtpm20");
	guest_enter(&machine, HOME);
	log_set_level(LOG_NOTICE);
	assert_int_equal(dt_outline(&machine.outline, machine.home.tree, TREE_SPACE, DT_FULL), 0);
	assert_true(machine.outline.tpm);
	payload = (struct payload){ .kernel = { 0x400000, 0x404321 }, .kernel_final = { 0, 0x4321 },
				    .initrd = { 0x2400000, 0x2405001 } };
	fill(HOME, IMAGE_BYTES + 100);
	be32_store(header->image_end, IMAGE_BYTES);
	fill(payload.kernel.start, range_size(payload.kernel));
	fill(payload.initrd.start, range_size(payload.initrd));
	fake_tpm_reset(ALL_BANKS);
	memset(want, 0, sizeof(want));
	return 0;
}

/* TPM2_PCR_Extend: the register becomes the hash of itself and of a hash (part 1, 17.2). */
static void extend(uint32_t pcr, const void *data, size_t size)
{
	struct digests inner, outer;

	banks_hash(&inner, ALL_BANKS, data, size);
	for (enum bank bank = 0; bank < BANKS; bank++) {
		uint32_t width = bank_size(bank);
		uint8_t both[2 * BANK_DIGEST_MAX];

		memcpy(both, want[pcr][bank], width);
		memcpy(both + width, inner.of[bank], width);
		banks_hash(&outer, 1U << bank, both, 2 * width);
		memcpy(want[pcr][bank], outer.of[bank], width);
	}
}

static void extend_range(uint32_t pcr, struct range range)
{
	extend(pcr, (const void *)range.start, range_size(range));
}

static void separate(uint32_t pcr)
{
	extend(pcr, "\0\0\0", 4);
}

/* What comes at the end of each: the line, kernel and initrd. */
static void extend_end(void)
{
	extend(8, LINE, strlen(LINE));
	extend_range(9, payload.kernel);
	if (range_size(payload.initrd))
		extend_range(9, payload.initrd);
}

static bool says(const char *words)
{
	return strstr(guest_console(), words);
}

static struct range given_log(void)
{
	return dt_tpm_log(machine.home.tree, dt_find_tpm(machine.home.tree));
}

/* The registers are as they should be, and the log that the tree names has so many events. */
static void measures(uint32_t events, const char *how)
{
	struct eventlog log;
	struct range place;
	char text[80];

	assert_int_equal(measured_boot(&machine, &payload, false), 0);
	if (memcmp(fake_tpm.pcr, want, sizeof(want)))
		print_error("%s", guest_console());
	for (uint32_t pcr = 0; pcr < FAKE_TPM_PCRS; pcr++)
		assert_memory_equal(fake_tpm.pcr[pcr], want[pcr], sizeof(want[pcr]));
	assert_false(fake_tpm.registered);
	place = given_log();
	assert_int_equal(eventlog_continue(&log, (void *)place.start, (uint32_t)range_size(place)), 0);
	assert_int_equal(log.events, events);
	assert_int_equal(log.separated, 0xff);
	assert_int_equal(log.banks, ALL_BANKS);
	assert_true(ranges_contain(&machine.reserved, place));
	assert_false(range_overlaps(place, machine.home.all) || range_overlaps(place, payload.kernel) ||
		     range_overlaps(place, payload.initrd) || range_overlaps(place, payload.bundle));
	snprintf(text, sizeof(text), "tpm=%s banks=0xf events=%u log=0x%lx+0x%lx", how, events, place.start, range_size(place));
	assert_true(says(text));
}

/* Nobody has measured before: all begins here. */
static void test_started(void **state)
{
	(void)state;
	extend(0, (const void *)HOME, IMAGE_BYTES);
	for (uint32_t pcr = 0; pcr < 8; pcr++)
		separate(pcr);
	extend_end();
	measures(12, "started");
	assert_true(fake_tpm.tested && fake_tpm.locked);
}

static void test_without_initrd(void **state)
{
	(void)state;
	payload.initrd = (struct range){ 0, 0 };
	extend(0, (const void *)HOME, IMAGE_BYTES);
	for (uint32_t pcr = 0; pcr < 8; pcr++)
		separate(pcr);
	extend_end();
	measures(11, "started");
}

/* From a partition, or whatever @kind says. */
static void put_bundle(const char *kind)
{
	struct disk_scratch *scratch = &devices_at(&machine.home)->disk;
	struct bundle_manifest *manifest = (void *)(BUNDLE + BUNDLE_MANIFEST_AT);

	fill(BUNDLE, 0x60000);
	memset(manifest, 0, sizeof(*manifest));
	memcpy(manifest->magic, BUNDLE_MAGIC, 8);
	be32_store(&manifest->version, BUNDLE_VERSION);
	be32_store(&manifest->size, sizeof(*manifest));
	be64_store(&manifest->image_size, 0x3333);
	be64_store(&manifest->image_memory, 0x30000);
	be64_store(&manifest->total_size, 0x60000);
	be64_store(&manifest->part[BUNDLE_KERNEL].offset, 0x30000);
	be64_store(&manifest->part[BUNDLE_KERNEL].size, 0x12345);
	be64_store(&manifest->part[BUNDLE_INITRD].offset, 0x50000);
	be64_store(&manifest->part[BUNDLE_INITRD].size, 0x77);
	payload = (struct payload){ .bundle = { BUNDLE, BUNDLE + 0x60000 }, .kernel = { BUNDLE + 0x40000, BUNDLE + 0x41000 },
				    .initrd = { BUNDLE + 0x50000, BUNDLE + 0x50077 }, .from_disk = true };
	scratch->kind = kind;
	fill((uintptr_t)scratch->mbr_table, MBR_TABLE_SIZE);
}

/* The table, pefboot as it is in the bundle, and its kernel as a file. */
static void test_bundle(void **state)
{
	(void)state;
	put_bundle("mbr");
	extend(0, (const void *)HOME, IMAGE_BYTES);
	for (uint32_t pcr = 0; pcr < 8; pcr++)
		separate(pcr);
	extend(5, devices_at(&machine.home)->disk.mbr_table, MBR_TABLE_SIZE);
	extend(4, (const void *)BUNDLE, 0x3333);
	extend(8, LINE, strlen(LINE));
	extend(9, (const void *)(BUNDLE + 0x30000), 0x12345);
	extend_range(9, payload.initrd);
	measures(14, "started");
	/* a whole disk has no table, and what did not come from disk does not ask for one */
	for (int from_disk = 0; from_disk < 2; from_disk++) {
		start(state);
		put_bundle(from_disk ? "disk" : "mbr");
		payload.from_disk = from_disk;
		assert_int_equal(measured_boot(&machine, &payload, false), 0);
		assert_true(says(" events=13 "));
	}
}

/* Open Firmware was here: its log goes on, elsewhere; it has separated PCR 4, and we are a loader. */
static void hand_log(uint32_t banks)
{
	struct digests digests;
	struct eventlog log;

	banks_hash(&digests, ALL_BANKS, "\0\0\0", 4);
	assert_int_equal(eventlog_start(&log, (void *)FIRST_LOG, FIRST_ROOM, banks), 0);
	assert_int_equal(eventlog_add(&log, 4, EV_SEPARATOR, &digests, "\0\0\0", 4), 0);
	assert_int_equal(dt_set_tpm_log(machine.home.tree, dt_find_tpm(machine.home.tree),
					(struct range){ FIRST_LOG, FIRST_LOG + FIRST_ROOM }, false), 0);
	machine.home.door = DOOR_OPEN_FIRMWARE;
	machine.reserved = (struct ranges){ 2, { { 0x100000, 0x110000 }, { FIRST_LOG, FIRST_LOG + FIRST_ROOM } } };
	fake_tpm.started = true;
}

static void test_continued(void **state)
{
	for (int bundle = 0; bundle < 2; bundle++) {
		start(state);
		hand_log(ALL_BANKS);
		if (bundle)		/* that brought us was measured by who loaded it */
			machine.home.bundle = (struct range){ BUNDLE, BUNDLE + 0x10000 };
		for (uint32_t pcr = 0; pcr < 8; pcr++)
			if (pcr != 4)
				separate(pcr);
		if (!bundle)
			extend(4, (const void *)HOME, IMAGE_BYTES);
		extend_end();
		measures(bundle ? 11 : 12, "continued");
		assert_false(fake_tpm.tested || fake_tpm.locked);
		assert_int_not_equal(given_log().start, FIRST_LOG);
		assert_int_equal(range_size(given_log()), FIRST_ROOM);
		assert_false(ranges_contain(&machine.reserved, (struct range){ FIRST_LOG, FIRST_LOG + 1 }));
		assert_true(ranges_contain(&machine.reserved, (struct range){ 0x100000, 0x110000 }));
	}
}

/* After another door a log in the tree is an old one. */
static void test_old_log(void **state)
{
	(void)state;
	hand_log(ALL_BANKS);
	machine.home.door = DOOR_BIOS;
	fake_tpm.started = false;
	extend(0, (const void *)HOME, IMAGE_BYTES);
	for (uint32_t pcr = 0; pcr < 8; pcr++)
		separate(pcr);
	extend_end();
	measures(12, "started");
}

/* A notice, or the end where it was required. */
static void fails(int number, const char *text)
{
	char notice[80];

	payload.options.tpm = TPM_REQUIRED;
	assert_int_equal(measured_boot(&machine, &payload, false), number);
	assert_non_null(strstr(error_text(), text));
	assert_false(fake_tpm.registered);
	payload.options.tpm = TPM_AUTO;
	snprintf(notice, sizeof(notice), "notice: boot not measured: E%d ", number);
	assert_false(says(notice));
	assert_int_equal(measured_boot(&machine, &payload, false), 0);
	assert_true(says(notice));
	assert_false(says(" events="));
}

static void test_failures(void **state)
{
	(void)state;
	fake_tpm.fails_after = 5;
	fails(E_TPM_COMMAND, "->");
	start(state);
	fake_tpm.started = true;		/* and so measured by somebody, whose log is not here */
	hand_log(1 << BANK_SHA256);
	fails(E_TPM_LOG, "banks 0x2, the TPM's are 0xf");
	start(state);
	hand_log(ALL_BANKS);
	assert_int_equal(dt_set_tpm_log(machine.home.tree, dt_find_tpm(machine.home.tree),
					(struct range){ GUEST_MEMORY - 0x1000, GUEST_MEMORY + 0x1000 }, false), 0);
	fails(E_TPM_LOG, "is not in memory");
	start(state);
	fdt_delprop(machine.home.tree, dt_find_tpm(machine.home.tree), "reg");
	fails(E_TPM_QUEUE, "the tree does not say where it is");
	start(state);
	while (ranges_add(&machine.reserved, (struct range){ 0x100000, 0x110000 }))
		continue;
	fails(E_TOO_MANY, "memory reservations");
}

/* A secure guest gets none, and who wants none or has measured before has none. */
static void test_none(void **state)
{
	(void)state;
	assert_int_equal(measured_boot(&machine, &payload, true), 0);
	assert_true(says("notice: boot not measured: E421 "));
	payload.options.tpm = TPM_REQUIRED;
	assert_int_equal(measured_boot(&machine, &payload, true), E_NO_TPM);
	machine.outline.tpm = false;
	assert_int_equal(measured_boot(&machine, &payload, false), E_NO_TPM);
	payload.options.tpm = TPM_AUTO;
	assert_int_equal(measured_boot(&machine, &payload, false), 0);
	start(state);
	payload.options.tpm = TPM_OFF;
	assert_int_equal(measured_boot(&machine, &payload, true), 0);
	payload.options.tpm = TPM_REQUIRED;
	machine.home.door = DOOR_KEXEC;
	assert_int_equal(measured_boot(&machine, &payload, false), 0);
	assert_int_equal(fake_tpm.commands, 0);
	assert_false(says("notice"));
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_started), TEST(test_without_initrd), TEST(test_bundle), TEST(test_continued), TEST(test_old_log),
		TEST(test_failures), TEST(test_none),
	};

	return RUN(tests);
}
