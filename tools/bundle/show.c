// SPDX-License-Identifier: GPL-2.0-or-later
/* info, extract and verify */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/format.h"
#include "tools/bundle/sealed.h"

static const uint8_t *part_data(const struct bundle *bundle, const struct blob *blob, int index)
{
	return blob->data + bundle->file_offset + bundle->part[index].offset;
}

static const uint8_t *blob_data(const struct bundle *bundle, const struct blob *blob)
{
	return blob->data + bundle->file_offset + bundle->blob_offset;
}

static struct range find_blob(const struct bundle *bundle, const struct blob *file)
{
	struct range blob;
	int rc = bundle_blob(&blob, bundle, file->data + bundle->file_offset);

	if (rc)
		die_error("ESM blob", rc);
	return blob;
}

static void print_json(const struct bundle *bundle, const struct blob *blob, const struct elf *elf,
		       bool in_place)
{
	struct range blob_at = find_blob(bundle, blob);

	printf("{\n  \"version\": %lu,\n  \"image_size\": %lu,\n  \"image_memory\": %lu,\n  "
	       "\"total_size\": %lu,\n",
	       (unsigned long)bundle->version, (unsigned long)bundle->image_size,
	       (unsigned long)bundle->image_memory, (unsigned long)bundle->total_size);
	printf("  \"kernel_endian\": \"%s\",\n  \"kernel_memory\": %lu,\n  \"kernel_in_place\": %s",
	       elf->little_endian ? "little" : "big", (unsigned long)(elf->end - elf->start),
	       in_place ? "true" : "false");
	for (int i = 0; i < BUNDLE_PARTS; i++) {
		const struct bundle_place *part = &bundle->part[i];
		char text[HEX_SIZE(BUNDLE_DIGEST_SIZE)];

		if (part->size == 0) {
			printf(",\n  \"%s\": null", part_names[i]);
			continue;
		}
		format_hex(text, part->digest, BUNDLE_DIGEST_SIZE);
		printf(",\n  \"%s\": { \"offset\": %lu, \"size\": %lu, \"sha512\": \"%s\"",
		       part_names[i], (unsigned long)part->offset, (unsigned long)part->size, text);
		if (i == BUNDLE_CMDLINE) {
			printf(", \"text\": ");
			print_escaped(stdout, part_data(bundle, blob, i), part->size);
		}
		printf(" }");
	}
	if (bundle->blob_room)
		printf(",\n  \"blob\": { \"offset\": %lu, \"room\": %lu, \"size\": %lu",
		       (unsigned long)bundle->blob_offset, (unsigned long)bundle->blob_room,
		       (unsigned long)range_size(blob_at));
	if (range_size(blob_at))
		sealed_print_json(stdout, blob_data(bundle, blob), range_size(blob_at));
	if (bundle->blob_room)
		printf(" }");
	printf(",\n  \"measured_size\": %lu\n}\n", (unsigned long)bundle_measured(bundle).end);
}

static void print_text(const struct bundle *bundle, const struct blob *blob, const struct elf *elf,
		       bool in_place)
{
	struct range blob_at = find_blob(bundle, blob);

	printf("boot bundle, format %lu, %lu bytes\n", (unsigned long)bundle->version,
	       (unsigned long)(bundle->file_offset + bundle->total_size));
	printf("pefboot  %lu bytes, %lu in memory\n", (unsigned long)bundle->image_size,
	       (unsigned long)bundle->image_memory);
	for (int i = 0; i < BUNDLE_PARTS; i++) {
		const struct bundle_place *part = &bundle->part[i];
		char text[HEX_SIZE(BUNDLE_DIGEST_SIZE)];

		if (part->size == 0) {
			printf("%-8s none\n", part_names[i]);
			continue;
		}
		printf("%-8s %lu bytes at 0x%lx", part_names[i], (unsigned long)part->size,
		       (unsigned long)part->offset);
		if (i == BUNDLE_KERNEL)
			printf(", %s-endian, needs %lu, %s", elf->little_endian ? "little" : "big",
			       (unsigned long)(elf->end - elf->start),
			       in_place ? "runs where it lies" : "is laid out at boot");
		format_hex(text, part->digest, BUNDLE_DIGEST_SIZE);
		printf("\n         sha512 %s\n", text);
		if (i == BUNDLE_CMDLINE) {
			printf("         ");
			print_escaped(stdout, part_data(bundle, blob, i), part->size);
			putchar('\n');
		}
	}
	if (bundle->blob_room)
		printf("blob     %lu bytes at 0x%lx, room for %lu\n",
		       (unsigned long)range_size(blob_at), (unsigned long)bundle->blob_offset,
		       (unsigned long)bundle->blob_room);
	if (range_size(blob_at))
		sealed_print(stdout, blob_data(bundle, blob), range_size(blob_at));
	printf("measured %lu bytes\n", (unsigned long)bundle_measured(bundle).end);
}

int info(const struct arguments *arguments)
{
	struct bundle bundle;
	struct blob blob = read_bundle(arguments->bundle, &bundle);
	struct elf elf;
	uint64_t shift;

	check_kernel(&bundle, blob.data + bundle.file_offset, &elf);
	(arguments->json ? print_json : print_text)(&bundle, &blob, &elf,
						  elf_in_place(&elf, BUNDLE_ALIGN, &shift));
	return 0;
}

int extract(const struct arguments *arguments)
{
	const char *const path[BUNDLE_PARTS] = { arguments->kernel, arguments->initrd,
						 arguments->cmdline };
	struct bundle bundle;
	struct blob blob = read_bundle(arguments->bundle, &bundle);

	for (int i = 0; i < BUNDLE_PARTS; i++) {
		if (!path[i])
			continue;
		if (bundle.part[i].size == 0)
			die("%s has no %s", arguments->bundle, part_names[i]);
		write_file(path[i], part_data(&bundle, &blob, i), bundle.part[i].size);
	}
	return 0;
}

/* What the user says the part should be; no data if nothing was said. */
static struct blob expected_part(const struct arguments *arguments, int index)
{
	if (index == BUNDLE_CMDLINE)
		return command_line(arguments);
	if (index == BUNDLE_KERNEL)
		return arguments->kernel ? read_file(arguments->kernel) : (struct blob){ NULL, 0 };
	return arguments->initrd ? read_file(arguments->initrd) : (struct blob){ NULL, 0 };
}

/* True if the part is what it should be; says so. */
static bool verify_part(const struct bundle *bundle, const struct blob *blob, int index,
			struct blob wanted)
{
	const struct bundle_place *part = &bundle->part[index];
	const uint8_t *data = part_data(bundle, blob, index);
	uint8_t found[BUNDLE_DIGEST_SIZE];
	size_t most = wanted.size < part->size ? wanted.size : part->size, at = 0;

	digest(found, data, part->size);
	if (part->size && memcmp(found, part->digest, sizeof(found)) != 0) {
		printf("%-8s differs from its digest in the manifest\n", part_names[index]);
		return false;
	}
	while (wanted.data && at < most && data[at] == wanted.data[at])
		at++;
	if (wanted.data && (at < most || wanted.size != part->size)) {
		printf("%-8s differs from the one given, from byte %zu on (%lu bytes, %zu given)\n",
		       part_names[index], at, (unsigned long)part->size, wanted.size);
		return false;
	}
	printf("%-8s %s\n", part_names[index], part->size ? "ok" : "none");
	return true;
}

/* The firmware in it, but for the manifest. Without one to compare with there is nothing to say. */
static bool verify_pefboot(const struct bundle *bundle, const struct blob *blob, const char *path)
{
	const uint8_t *image = blob->data + bundle->file_offset, *given;
	uint64_t at = 0;
	struct blob pefboot;
	struct elf elf;

	if (!path)
		return true;
	pefboot = read_pefboot(path, &elf);
	given = pefboot.data + BUNDLE_FILE_OFFSET;
	while (at < bundle->image_size && at < elf.segment[0].file_size &&
	       (image[at] == given[at] || at - BUNDLE_MANIFEST_AT < sizeof(struct bundle_manifest)))
		at++;
	if (at < bundle->image_size || at < elf.segment[0].file_size) {
		printf("pefboot  differs from the one given, from byte %lu on (%lu bytes, %lu "
		       "given)\n",
		       (unsigned long)at, (unsigned long)bundle->image_size,
		       (unsigned long)elf.segment[0].file_size);
		return false;
	}
	printf("pefboot  ok\n");
	return true;
}

static bool verify_gap(const uint8_t *image, uint64_t from, uint64_t to)
{
	for (; from < to; from++)
		if (image[from]) {
			printf("gap      not zero at 0x%lx\n", (unsigned long)from);
			return false;
		}
	return true;
}

/* Bytes that belong to nothing must be zeros: nothing hides in a bundle. */
static bool verify_gaps(const struct bundle *bundle, const struct blob *blob)
{
	const uint8_t *image = blob->data + bundle->file_offset;
	const uint8_t *order = bundle_order(bundle->version);
	struct range esm = find_blob(bundle, blob);
	uint64_t at = bundle->image_size;

	for (int i = 0; i < BUNDLE_PARTS; i++) {
		const struct bundle_place *part = &bundle->part[order[i]];

		if (part->size == 0)
			continue;
		if (!verify_gap(image, at, part->offset))
			return false;
		at = part->offset + part->size;
	}
	if (range_size(esm)) {
		if (!verify_gap(image, at, esm.start))
			return false;
		at = esm.end;
	}
	return verify_gap(image, at, bundle->total_size);
}

static bool verify_blob(const struct bundle *bundle, const struct blob *blob,
			const struct arguments *arguments)
{
	struct range esm = find_blob(bundle, blob);
	struct digests digests;

	if (!range_size(esm) && arguments->key)
		die("%s is not sealed", arguments->bundle);
	if (arguments->key)
		measure(&digests, arguments->bundle, bundle, blob->data + bundle->file_offset);
	if (range_size(esm))
		return sealed_verify(blob_data(bundle, blob), range_size(esm), arguments->key,
				     &digests);
	if (bundle->blob_room)
		printf("blob     none\n");
	return true;
}

int verify(const struct arguments *arguments)
{
	struct bundle bundle;
	struct blob blob = read_bundle(arguments->bundle, &bundle);
	struct elf elf;
	bool good = verify_pefboot(&bundle, &blob, arguments->pefboot);

	for (int i = 0; i < BUNDLE_PARTS; i++)
		good &= verify_part(&bundle, &blob, i, expected_part(arguments, i));
	good &= verify_blob(&bundle, &blob, arguments);
	good &= verify_gaps(&bundle, &blob);
	if (!good)
		return 1;
	check_kernel(&bundle, blob.data + bundle.file_offset, &elf);
	return 0;
}
