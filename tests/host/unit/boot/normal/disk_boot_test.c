// SPDX-License-Identifier: GPL-2.0-or-later
/* From a disk with a boot bundle to kernel and initrd in memory, and which disk that is. */
#include "boot/normal/disk.h"

#include <libfdt.h>

#include "abi/steps.h"
#include "abi/virtio.h"
#include "boot/doors/door.h"
#include "fdt/read.h"
#include "lib/bundle.h"
#include "lib/endian.h"
#include "lib/error.h"
#include "lib/log.h"
#include "tests/host/fake/guest.h"
#include "tests/host/fake/virtio.h"
#include "tests/host/unit/test.h"

#define F	    fake_virtio
#define HOME	    0x1c000000UL
#define CONTENTS    ((uint8_t *)0x30000000)	/* beside what the tree calls memory */
#define SCRATCH	    ((struct disk_scratch *)0x34000000)
#define DISK_SIZE   (8UL << 20)
#define PART_BLOCK  64U			/* where the partition begins, in blocks of 512 bytes */

#define IMAGE_SIZE  0x3000UL
#define FOOTPRINT   0x30000UL
#define KERNEL_AT   FOOTPRINT
#define ELF_ALIGN   0x10000UL		/* of the kernel's segment in its file */
#define KERNEL_SIZE 0x4321UL		/* of the segment, then bss */
#define KERNEL_SPAN 0x9000UL
#define INITRD_AT   0x50000UL
#define INITRD_SIZE 0x5001UL
#define CMDLINE_AT  0x60000UL
#define TOTAL	    0x70000UL
#define FILE_SIZE   (BUNDLE_FILE_OFFSET + TOTAL)

static const char device_path[] = "/pci@800000020000000/scsi@0";
static struct machine machine;
static struct payload payload;
static uint8_t *image;			/* of the bundle, on the disk */

static struct bundle_manifest *manifest(void)
{
	return (void *)(image + BUNDLE_MANIFEST_AT);
}

static void put_part(int index, uint64_t offset, uint64_t size)
{
	be64_store(&manifest()->part[index].offset, offset);
	be64_store(&manifest()->part[index].size, size);
}

static void put_cmdline(const char *words)
{
	memset(image + CMDLINE_AT, 0, BUNDLE_CMDLINE_MAX);
	memcpy(image + CMDLINE_AT, words, strlen(words));
	put_part(BUNDLE_CMDLINE, CMDLINE_AT, strlen(words));
}

/* The file at @at of the disk. */
static void put_bundle(uint64_t at)
{
	uint8_t *file = CONTENTS + at;
	uint64_t seed = 3;

	image = file + BUNDLE_FILE_OFFSET;
	memset(file, 0, FILE_SIZE);
	guest_put_elf(file, ELF_ALIGN, TOTAL, TOTAL);
	for (uint64_t i = 0; i < IMAGE_SIZE; i++)
		image[i] = (uint8_t)draw(&seed);
	memset(manifest(), 0, sizeof(*manifest()));
	memcpy(manifest()->magic, BUNDLE_MAGIC, 8);
	be32_store(&manifest()->version, BUNDLE_VERSION);
	be32_store(&manifest()->size, sizeof(*manifest()));
	be64_store(&manifest()->image_size, IMAGE_SIZE);
	be64_store(&manifest()->image_memory, FOOTPRINT);
	be64_store(&manifest()->total_size, TOTAL);
	guest_put_elf(image + KERNEL_AT, ELF_ALIGN, KERNEL_SIZE, KERNEL_SPAN);
	for (uint64_t i = 0; i < KERNEL_SIZE; i++)
		image[KERNEL_AT + ELF_ALIGN + i] = (uint8_t)draw(&seed);
	guest_put_kernel(image + KERNEL_AT + ELF_ALIGN);
	memset(image + INITRD_AT, 0x5a, INITRD_SIZE);
	put_part(BUNDLE_KERNEL, KERNEL_AT, ELF_ALIGN + KERNEL_SIZE);
	put_part(BUNDLE_INITRD, INITRD_AT, INITRD_SIZE);
	put_cmdline("quiet");
}

static void plug(uint32_t type)
{
	fake_virtio_reset(type, true);
	F.disk = CONTENTS;
	F.disk_size = DISK_SIZE;
	F.function->node = fdt_path_offset(machine.home.tree, device_path);
	if (type == VIRTIO_ID_SCSI) {
		le32_store(F.device_config + VIRTIO_SCSI_CFG_SEG_MAX, 254);
		le32_store(F.device_config + VIRTIO_SCSI_CFG_MAX_SECTORS, 0xffff);
		le16_store(F.device_config + VIRTIO_SCSI_CFG_MAX_TARGET, 255);
		F.lun[0] = 5;
		F.luns = 1;
	} else {
		le64_store(F.device_config, DISK_SIZE / 512);
	}
}

/* A machine as discover() leaves it, an empty disk. */
static int start(void **state)
{
	void *tree;
	int chosen;

	(void)state;
	guest_make();
	guest_enter(&machine, HOME);
	log_set_level(LOG_INFO);
	tree = machine.home.tree;
	chosen = fdt_path_offset(tree, "/chosen");
	fdt_delprop(tree, chosen, "qemu,boot-kernel");
	fdt_delprop(tree, chosen, "linux,initrd-start");
	fdt_delprop(tree, chosen, "linux,initrd-end");
	assert_int_equal(dt_outline(&machine.outline, tree, fdt_totalsize(tree), DT_FULL), 0);
	assert_int_equal(options_parse(&machine.options, ""), 0);
	memset(CONTENTS, 0, DISK_SIZE);
	plug(VIRTIO_ID_BLOCK);
	return 0;
}

/* Something that only Open Firmware or QEMU says. */
static void set_chosen(const char *name, const char *text)
{
	void *tree = machine.home.tree;

	assert_int_equal(fdt_setprop_string(tree, fdt_path_offset(tree, "/chosen"), name, text), 0);
	for (uint32_t i = 0; i < F.bus.functions; i++)
		F.bus.function[i].node = fdt_path_offset(tree, device_path);
}

static bool says(const char *words)
{
	return strstr(guest_console(), words);
}

static void boots(int want)
{
	int rc;

	payload = (struct payload){ .options = machine.options };
	rc = disk_boot(&payload, &machine, &F.bus, SCRATCH);
	if (rc != want)
		print_error("E%d %s\n%s", rc, rc ? error_text() : "", guest_console());
	assert_int_equal(rc, want);
	assert_int_equal(F.status, 0);		/* whatever came of it, the disk is closed */
}

static uint64_t chosen_number(const char *name)
{
	uint64_t value = 0;

	assert_int_equal(dt_u32_or_u64(machine.home.tree, fdt_path_offset(machine.home.tree, "/chosen"), name, &value), 0);
	return value;
}

/* All of it is in memory, and the tree says where, as QEMU would have. */
static void is_loaded(const char *kind)
{
	const uint64_t at = payload.bundle.start, kernel = at + KERNEL_AT + ELF_ALIGN;
	const void *tree = machine.home.tree;

	assert_true(payload.from_disk);
	assert_int_equal(at % BUNDLE_ALIGN, 0);
	assert_int_equal(range_size(payload.bundle), TOTAL);
	assert_false(range_overlaps(payload.bundle, machine.home.all));
	assert_memory_equal((const void *)at, image, TOTAL);
	assert_int_equal(payload.kernel.start, kernel);
	assert_int_equal(payload.kernel.end, kernel + KERNEL_SPAN);
	assert_int_equal(payload.kernel_final.start, 0);
	assert_int_equal(payload.kernel_final.end, KERNEL_SPAN);
	assert_true(payload.little_endian);
	assert_int_equal(payload.initrd.start, at + INITRD_AT);
	assert_int_equal(payload.initrd.end, at + INITRD_AT + INITRD_SIZE);
	assert_int_equal(chosen_number("linux,initrd-start"), payload.initrd.start);
	assert_int_equal(chosen_number("linux,initrd-end"), payload.initrd.end);
	assert_string_equal(dt_string(tree, fdt_path_offset(tree, "/chosen"), "bootargs"), "quiet");
	assert_string_equal(SCRATCH->kind, kind);
}

static void test_whole_disk(void **state)
{
	(void)state;
	put_bundle(0);
	boots(0);
	is_loaded("disk");
	/* in memory there is room above: as high as it goes */
	assert_int_equal(payload.bundle.end, 0x20000000);
}

static void test_partition(void **state)
{
	(void)state;
	put_bundle(PART_BLOCK * 512);
	fake_virtio_partition(0, 0x83, 8192, 100);
	fake_virtio_partition(2, 0x41, PART_BLOCK, FILE_SIZE / 512);
	boots(0);
	is_loaded("mbr");
	/* one that begins with something else is passed over, and so is one that is too small for any */
	start(state);
	put_bundle(PART_BLOCK * 512);
	fake_virtio_partition(0, 0x41, 8192, 1000);
	fake_virtio_partition(1, 0x41, 4096, 1);
	fake_virtio_partition(2, 0x41, PART_BLOCK, FILE_SIZE / 512 + 1);
	boots(0);
	is_loaded("mbr");
	assert_true(says("notice: blk 0x1000 (mbr) left out: E335 "));
}

static void test_scsi(void **state)
{
	(void)state;
	plug(VIRTIO_ID_SCSI);
	put_bundle(0);
	boots(0);
	is_loaded("disk");
	assert_true(says("boot=scsi device=0x1000 target=3 lun=5 part=disk start=0x0 size=0x800000"));
}

/* What is wrong is what the user hears, not that other disks are empty. */
static void test_errors(void **state)
{
	(void)state;
	boots(E_NO_BOOT_IMAGE);
	assert_string_equal(error_text(), "blk 0x1000 (disk): no bundle, no PReP partition");
	assert_int_equal(range_size(payload.bundle) + range_size(payload.kernel), 0);
	start(state);
	put_bundle(PART_BLOCK * 512);
	fake_virtio_partition(0, 0x41, 4096, 100);
	fake_virtio_partition(1, 0x41, PART_BLOCK, FILE_SIZE / 512 - 1);
	boots(E_BUNDLE_CUT);
	start(state);
	put_bundle(0);
	F.disk_size = FILE_SIZE - 512;
	le64_store(F.device_config, F.disk_size / 512);
	boots(E_BUNDLE_CUT);
	start(state);
	put_bundle(0);
	put_cmdline("quiet pefboot.secure=maybe");
	boots(E_OPTION);
	start(state);
	put_bundle(0);
	image[CMDLINE_AT + 2] = 0;
	boots(E_BUNDLE);
	start(state);
	put_bundle(0);
	be64_store(image + KERNEL_AT + 24, 4);		/* its entry */
	boots(E_NOT_LINUX);
	start(state);
	put_bundle(0);
	image[KERNEL_AT + ELF_ALIGN] ^= 1;
	boots(E_NOT_LINUX);
	start(state);
	put_bundle(0);
	put_part(BUNDLE_INITRD, 0, 0);
	boots(E_NO_ROOT);
	start(state);
	F.evil = STATUS_ERROR;
	boots(E_DISK_READ);
	start(state);
	F.evil = NEVER;
	boots(E_VIRTIO_TIMEOUT);
	assert_false(says("E0"));
	start(state);
	F.bus.functions = 0;
	boots(E_NO_KERNEL);
	assert_string_equal(error_text(), "no -kernel, and no virtio disk");
	set_chosen("bootpath", "/vdevice/l-lan@1");
	boots(E_NO_KERNEL);
	assert_string_equal(error_text(), "no -kernel, and no virtio disk, but \"/vdevice/l-lan@1\"");
}

/* A kernel whose root is on a disk needs no initrd. */
static void test_root(void **state)
{
	(void)state;
	put_bundle(0);
	put_part(BUNDLE_INITRD, 0, 0);
	put_cmdline("root=/dev/vda2");
	boots(0);
	assert_int_equal(range_size(payload.initrd), 0);
	assert_null(fdt_getprop(machine.home.tree, fdt_path_offset(machine.home.tree, "/chosen"), "linux,initrd-start", NULL));
}

/* Segments that do not lie as in memory are laid out, elsewhere. */
static void test_laid_out(void **state)
{
	(void)state;
	put_bundle(0);
	memmove(image + KERNEL_AT + 0x8000, image + KERNEL_AT + ELF_ALIGN, KERNEL_SIZE);
	be64_store(image + KERNEL_AT + 64 + 8, 0x8000);
	boots(0);
	assert_false(range_overlaps(payload.kernel, payload.bundle));
	assert_int_equal(range_size(payload.kernel), KERNEL_SPAN);
	assert_memory_equal((const void *)payload.kernel.start, image + KERNEL_AT + 0x8000, KERNEL_SIZE);
	for (uint64_t i = KERNEL_SIZE; i < KERNEL_SPAN; i++)
		assert_int_equal(*(const uint8_t *)(payload.kernel.start + i), 0);
}

/* Both count for what is read after them. */
static void test_options(void **state)
{
	(void)state;
	put_bundle(0);
	put_cmdline("mem=256M pefboot.disk-timeout=7 pefboot.log=info");
	boots(0);
	assert_true(says("read=disk bytes=458752 requests=1 "));
	assert_int_equal(payload.bundle.end, 256 << 20);
	assert_int_equal(machine.limit, 256 << 20);
	assert_int_equal(SCRATCH->host.queue.patience, 7);
	start(state);
	put_bundle(0);
	boots(0);
	assert_int_equal(SCRATCH->host.queue.patience, DISK_PATIENCE);
	start(state);
	put_bundle(0);
	machine.options.disk_timeout = 9;
	boots(0);
	assert_int_equal(SCRATCH->host.queue.patience, 9);
}

/* Another disk before the good one, where no device is. */
static void add_dead_disk(void)
{
	F.bus.function[1] = F.bus.function[0];
	F.bus.function[0].config.address = 0x2000;
	F.bus.function[0].node = -1;
	F.function = &F.bus.function[1];
	F.bus.functions = 2;
}

static void test_next_disk(void **state)
{
	(void)state;
	put_bundle(0);
	add_dead_disk();
	boots(0);
	is_loaded("disk");
	assert_true(says("notice: blk 0x2000 (disk) left out: E321 "));
	start(state);
	add_dead_disk();
	boots(E_VIRTIO_CONFIG);			/* worse than an empty one */
	assert_non_null(strstr(error_text(), "blk 0x2000 (disk): nothing answers"));
}

/* Of the list, what is a disk, in its order; with HALT at its end nothing else. */
static void test_boot_list(void **state)
{
	static const struct {
		uint32_t type;
		const char *list;
		bool boots;
	} cases[] = {
		{ VIRTIO_ID_BLOCK, "/pci@800000020000000/scsi@0 HALT", true },
		{ VIRTIO_ID_BLOCK, "/vdevice/l-lan@71000001  /pci@800000020000000/scsi@0 HALT", true },
		{ VIRTIO_ID_BLOCK, "/pci@800000020000000/scsi@0/disk@100000000000000 HALT", true },
		{ VIRTIO_ID_BLOCK, "/pci@800000020000000/scsi@7 HALT", false },
		{ VIRTIO_ID_BLOCK, "/pci@800000020000000/scsi@7", true },
		{ VIRTIO_ID_BLOCK, "HALT", false },
		{ VIRTIO_ID_NET, "/pci@800000020000000/scsi@0 HALT", false },
		{ VIRTIO_ID_SCSI, "/pci@800000020000000/scsi@0/disk@103000500000000 HALT", true },
		{ VIRTIO_ID_SCSI, "/pci@800000020000000/scsi@0 HALT", true },
		{ VIRTIO_ID_SCSI, "/pci@800000020000000/scsi@0/disk@103000400000000 HALT", false },
		{ VIRTIO_ID_SCSI, "/pci@800000020000000/scsi@0/disk@104000500000000 HALT", false },
		{ VIRTIO_ID_SCSI, "/pci@800000020000000/scsi@0/disk@203000500000000 HALT", false },
		{ VIRTIO_ID_SCSI, "/pci@800000020000000/scsi@0/disk@10300050000000x HALT", false },
		{ VIRTIO_ID_SCSI, "/pci@800000020000000/scsi@0/disk@ HALT", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(state);
		print_message("%s\n", cases[i].list);
		plug(cases[i].type);
		put_bundle(0);
		set_chosen("qemu,boot-list", cases[i].list);
		payload = (struct payload){ .options = machine.options };
		assert_int_equal(disk_boot(&payload, &machine, &F.bus, SCRATCH) == 0, cases[i].boots);
		if (cases[i].boots)
			is_loaded("disk");
	}
}

/* Open Firmware's own comes first, without the file behind the colon. */
static void test_boot_path(void **state)
{
	static const char *const paths[] = { "/pci@800000020000000/scsi@0", "/pci@800000020000000/scsi@0:1,boot", "/none:1" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		start(state);
		put_bundle(0);
		set_chosen("bootpath", paths[i]);
		set_chosen("qemu,boot-list", "HALT");
		boots(i < 2 ? 0 : E_NO_KERNEL);
	}
}

static void test_ignored(void **state)
{
	static const char *const names[] = { "qemu,boot-device", "qemu,boot-menu", "other" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		start(state);
		put_bundle(0);
		set_chosen(names[i], "cdn");
		boots(0);
		assert_int_equal(says("notice: -boot order= and menu= do nothing"), i < 2);
	}
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole_disk), TEST(test_partition), TEST(test_scsi), TEST(test_errors), TEST(test_root),
		TEST(test_laid_out), TEST(test_options), TEST(test_next_disk), TEST(test_boot_list), TEST(test_boot_path),
		TEST(test_ignored),
	};

	return RUN(tests);
}
