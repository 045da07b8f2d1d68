// SPDX-License-Identifier: GPL-2.0-or-later
/* Manifests of both versions, sound and hostile, and the place of the ESM blob. */
#include <elf.h>

#include "lib/bundle.h"
#include "lib/endian.h"
#include "lib/error.h"
#include "tests/host/unit/test.h"

#define MEMORY	0x30000UL
#define TOTAL	0xb0000UL
#define BLOB_AT 0x80000UL

static uint8_t image[TOTAL];
static struct bundle_manifest *const manifest = (void *)(image + BUNDLE_MANIFEST_AT);
static struct bundle bundle;

static void put_part(int index, uint64_t offset, uint64_t size)
{
	be64_store(&manifest->part[index].offset, offset);
	be64_store(&manifest->part[index].size, size);
}

static void put_blob(uint64_t offset, uint64_t room)
{
	be64_store(&manifest->blob_offset, offset);
	be64_store(&manifest->blob_room, room);
}

static void start(uint32_t version)
{
	memset(image, 0, sizeof(image));
	memcpy(manifest->magic, BUNDLE_MAGIC, 8);
	be32_store(&manifest->version, version);
	be32_store(&manifest->size, sizeof(*manifest));
	be64_store(&manifest->image_size, 0x3000);
	be64_store(&manifest->image_memory, MEMORY);
	be64_store(&manifest->total_size, TOTAL);
	if (version == BUNDLE_VERSION) {
		put_part(BUNDLE_KERNEL, 0x30000, 0x12345);
		put_part(BUNDLE_INITRD, 0x50000, 0x777);
		put_part(BUNDLE_CMDLINE, 0x60000, 9);
	} else {
		put_part(BUNDLE_CMDLINE, 0x30000, 9);
		put_part(BUNDLE_KERNEL, 0x40000, 0x12345);
		put_part(BUNDLE_INITRD, 0x60000, 0x777);
		put_blob(BLOB_AT, 0x30000);
	}
}

static int parse(void)
{
	return bundle_parse(&bundle, image, BUNDLE_MANIFEST_END);
}

static void test_sealed_measured_range(void **state)
{
	(void)state;
	start(BUNDLE_VERSION);
	assert_int_equal(parse(), 0);
	assert_int_equal(bundle_measured(&bundle).start, 0);
	assert_int_equal(bundle_measured(&bundle).end, TOTAL);
	assert_int_equal(bundle.blob_offset + bundle.blob_room, 0);
	start(BUNDLE_VERSION_BLOB);
	assert_int_equal(parse(), 0);
	assert_int_equal(bundle_measured(&bundle).start, 0);
	assert_int_equal(bundle_measured(&bundle).end, 0x40000 + 0x12345);
	assert_int_equal(bundle.blob_offset, BLOB_AT);
	assert_int_equal(bundle.blob_room, 0x30000);
	/* parts that are not there take part in no order */
	put_part(BUNDLE_CMDLINE, 0, 0);
	put_part(BUNDLE_INITRD, 0, 0);
	assert_int_equal(parse(), 0);
	assert_int_equal(bundle_measured(&bundle).end, 0x40000 + 0x12345);
}

static void test_sealed_versions(void **state)
{
	static const uint32_t unknown[] = { 0, 3, 0x102, 0x80000002 };

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		start(BUNDLE_VERSION_BLOB);
		be32_store(&manifest->version, unknown[i]);
		assert_int_equal(parse(), E_BUNDLE_VERSION);
	}
	/* what is version 2's is zero in version 1, and the order is each version's own */
	start(BUNDLE_VERSION);
	put_blob(0x70000, 0);
	assert_int_equal(parse(), E_BUNDLE);
	put_blob(0, 0x10000);
	assert_int_equal(parse(), E_BUNDLE);
	start(BUNDLE_VERSION_BLOB);
	be32_store(&manifest->version, BUNDLE_VERSION);
	put_blob(0, 0);
	assert_int_equal(parse(), E_BUNDLE);
	start(BUNDLE_VERSION);
	be32_store(&manifest->version, BUNDLE_VERSION_BLOB);
	put_blob(BLOB_AT, 0x10000);
	assert_int_equal(parse(), E_BUNDLE);
	for (int i = 0; i < 216; i++) {
		start(BUNDLE_VERSION_BLOB);
		manifest->reserved[i] = 1;
		assert_int_equal(parse(), E_BUNDLE);
	}
}

static void test_sealed_blob_place(void **state)
{
	static const struct {
		const char *what;
		uint64_t offset, room;
		int want;
	} cases[] = {
		{ "right after the initrd", 0x70000, 0x10000, 0 },
		{ "up to the end", 0xa0000, 0x10000, 0 },
		{ "none", 0, 0, E_BUNDLE },
		{ "no room", BLOB_AT, 0, E_BUNDLE },
		{ "no offset", 0, 0x10000, E_BUNDLE },
		{ "room of half a page", BLOB_AT, 0x8000, E_BUNDLE },
		{ "odd offset", BLOB_AT + 8, 0x10000, E_BUNDLE },
		{ "over the initrd", 0x60000, 0x10000, E_BUNDLE },
		{ "over the kernel", 0x50000, 0x10000, E_BUNDLE },
		{ "over the manifest", 0x10000, 0x10000, E_BUNDLE },
		{ "past the end", 0xa0000, 0x20000, E_BUNDLE },
		{ "at the end", TOTAL, 0x10000, E_BUNDLE },
		{ "around 2^64", 0xffffffffffff0000, 0x20000, E_BUNDLE },
		{ "over 2 MiB", BLOB_AT, 0x210000, E_BUNDLE },
		{ "huge", BLOB_AT, 0xffffffffffff0000, E_BUNDLE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(BUNDLE_VERSION_BLOB);
		put_blob(cases[i].offset, cases[i].room);
		print_message("%s\n", cases[i].what);
		assert_int_equal(parse(), cases[i].want);
	}
	start(BUNDLE_VERSION_BLOB);
	be64_store(&manifest->total_size, 0x40000000);
	put_blob(BLOB_AT, 0x200000);
	assert_int_equal(parse(), 0);
	put_blob(BLOB_AT, 0x210000);
	assert_int_equal(parse(), E_BUNDLE);
}

static void test_sealed_order(void **state)
{
	(void)state;
	start(BUNDLE_VERSION_BLOB);
	put_part(BUNDLE_CMDLINE, 0x70000, 9);
	assert_int_equal(parse(), E_BUNDLE);
	start(BUNDLE_VERSION_BLOB);
	put_part(BUNDLE_KERNEL, 0x30000, 0x100);	/* over the command line */
	assert_int_equal(parse(), E_BUNDLE);
	start(BUNDLE_VERSION_BLOB);
	put_part(BUNDLE_KERNEL, 0x40000, 0x20001);	/* into the initrd */
	assert_int_equal(parse(), E_BUNDLE);
	start(BUNDLE_VERSION_BLOB);
	put_part(BUNDLE_INITRD, 0x30000, 0x100);
	assert_int_equal(parse(), E_BUNDLE);
	start(BUNDLE_VERSION_BLOB);
	put_part(BUNDLE_KERNEL, 0, 0);
	assert_int_equal(parse(), E_BUNDLE);
}

static void test_sealed_blob_size(void **state)
{
	static const struct {
		uint32_t magic, size;
		int want;
		uint64_t found;
	} cases[] = {
		{ 0, 0, 0, 0 },
		{ BLOB_MAGIC, BLOB_HEADER, 0, BLOB_HEADER },
		{ BLOB_MAGIC, 0x30000, 0, 0x30000 },
		{ BLOB_MAGIC, 0x30001, E_BLOB_SIZE, 0 },
		{ BLOB_MAGIC, 0xffffffff, E_BLOB_SIZE, 0 },
		{ BLOB_MAGIC, BLOB_HEADER - 1, E_BLOB, 0 },
		{ BLOB_MAGIC, 0, E_BLOB, 0 },
		{ 0, 1, E_BLOB, 0 },
		{ BLOB_MAGIC ^ 1, 0x100, E_BLOB, 0 },
	};
	struct range blob;

	(void)state;
	start(BUNDLE_VERSION_BLOB);
	assert_int_equal(parse(), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		be32_store(image + BLOB_AT, cases[i].magic);
		be32_store(image + BLOB_AT + 4, cases[i].size);
		assert_int_equal(bundle_blob(&blob, &bundle, image), cases[i].want);
		assert_int_equal(range_size(blob), cases[i].found);
		assert_int_equal(blob.start, cases[i].found ? BLOB_AT : 0);
	}
	/* version 1 has none, whatever lies at its beginning */
	start(BUNDLE_VERSION);
	be32_store(image, BLOB_MAGIC);
	be32_store(image + 4, 0x100);
	assert_int_equal(parse(), 0);
	assert_int_equal(bundle_blob(&blob, &bundle, image), 0);
	assert_int_equal(range_size(blob), 0);
}

/* Linux cuts a longer command line off, and so nobody would know which one it has got. */
static void test_command_line_size(void **state)
{
	(void)state;
	start(BUNDLE_VERSION);
	put_part(BUNDLE_CMDLINE, 0x60000, BUNDLE_CMDLINE_MAX);
	assert_int_equal(parse(), 0);
	put_part(BUNDLE_CMDLINE, 0x60000, BUNDLE_CMDLINE_MAX + 1);
	assert_int_equal(parse(), E_BUNDLE);
}

/* An ELF file of one segment, with its bytes 64 KiB behind its head. */
static void put_kernel(uint64_t offset, uint64_t memory_size)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)(image + offset);
	Elf64_Phdr *load = (Elf64_Phdr *)(header + 1);

	memcpy(header->e_ident, "\x7f" "ELF\2\2", 6);
	be16_store(&header->e_type, ET_EXEC);
	be16_store(&header->e_machine, EM_PPC64);
	be64_store(&header->e_phoff, sizeof(*header));
	be16_store(&header->e_phentsize, sizeof(*load));
	be16_store(&header->e_phnum, 1);
	be32_store(&load->p_type, PT_LOAD);
	be64_store(&load->p_offset, BUNDLE_ALIGN);
	be64_store(&load->p_filesz, 0x100);
	be64_store(&load->p_memsz, memory_size);
}

/* Where it lies, its memory ends before whatever comes next: initrd, command line, blob or the end. */
static void test_kernel_room(void **state)
{
	static const struct {
		uint32_t version;
		uint64_t initrd, cmdline, room;
	} cases[] = {
		{ BUNDLE_VERSION, 0x50000, 0x60000, 0x10000 },
		{ BUNDLE_VERSION, 0, 0x60000, 0x20000 },
		{ BUNDLE_VERSION, 0, 0, TOTAL - 0x40000 },
		{ BUNDLE_VERSION_BLOB, 0x60000, 0x30000, 0x10000 },
		{ BUNDLE_VERSION_BLOB, 0, 0x30000, BLOB_AT - 0x50000 },
	};
	struct elf elf;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(cases[i].version);
		put_part(BUNDLE_INITRD, cases[i].initrd, cases[i].initrd ? 0x777 : 0);
		put_part(BUNDLE_CMDLINE, cases[i].cmdline, cases[i].cmdline ? 9 : 0);
		assert_int_equal(parse(), 0);
		for (uint64_t over = 0; over < 2; over++) {
			put_kernel(bundle.part[BUNDLE_KERNEL].offset, cases[i].room + over);
			assert_int_equal(bundle_kernel(&bundle, image, &elf), over ? E_BUNDLE : 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sealed_measured_range), TEST(test_sealed_versions), TEST(test_sealed_blob_place),
		TEST(test_sealed_order), TEST(test_sealed_blob_size), TEST(test_command_line_size), TEST(test_kernel_room),
	};

	return RUN(tests);
}
