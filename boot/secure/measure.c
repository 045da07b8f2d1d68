// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/measure.h"

#include <bearssl_hash.h>

#include "lib/bundle.h"
#include "lib/fail.h"
#include "lib/kernel.h"
#include "lib/log.h"
#include "lib/measured.h"
#include "lib/string.h"

static struct range part_range(const struct guest *guest, const struct bundle_place *part)
{
	uint64_t start = guest->image.start + part->offset;

	return part->size ? (struct range){ start, start + part->size } : (struct range){ 0, 0 };
}

/* Clears @digest. */
static int compare(const struct guest *guest, const struct bundle_place *part,
		   uint8_t digest[BUNDLE_DIGEST_SIZE], int number)
{
	bool differs = memcmp(digest, part->digest, BUNDLE_DIGEST_SIZE) != 0;

	secure_zero(digest, BUNDLE_DIGEST_SIZE);
	return differs ? error(number, "%lu bytes at 0x%lx", part->size,
			       part_range(guest, part).start) :
			 0;
}

static int check_digest(const struct guest *guest, const struct bundle_place *part, int number)
{
	uint8_t digest[BUNDLE_DIGEST_SIZE];
	br_sha512_context context;

	if (part->size == 0)
		return 0;
	br_sha512_init(&context);
	br_sha512_update(&context, (const void *)part_range(guest, part).start, part->size);
	br_sha512_out(&context, digest);
	secure_zero(&context, sizeof(context));
	return compare(guest, part, digest, number);
}

/*
 * Of version 2 also what the ultravisor measured, whether or not it compared: it cannot be seen
 * from here. Nothing has been written there yet.
 */
static int check_kernel(struct guest *guest, const struct bundle *bundle)
{
	const bool wanted = bundle->version != BUNDLE_VERSION;
	uint8_t range[BUNDLE_DIGEST_SIZE], kernel[BUNDLE_DIGEST_SIZE];

	measured_digest(wanted ? range : NULL, kernel, bundle, (const void *)guest->image.start);
	if (wanted)
		format_hex(guest->measured, range, sizeof(range));
	return compare(guest, &bundle->part[BUNDLE_KERNEL], kernel, E_KERNEL_DIGEST);
}

/* The tree's must be byte for byte the same: that is the one Linux reads. */
static int check_cmdline(const struct guest *guest, const struct bundle_place *part)
{
	const char *text = (const char *)part_range(guest, part).start;
	const char *tree = guest->bootargs;

	if (!tree || strlen(tree) != part->size || memcmp(tree, text, part->size) != 0)
		return error(E_CMDLINE_DIGEST, "/chosen/bootargs is another one");
	return 0;
}

/* The segments stay where they are in the file: clear what none of them fills. */
static void clear_gaps(const struct elf *elf, uint8_t *start)
{
	for (uint32_t i = 0; i < elf->segments; i++) {
		const struct elf_segment *segment = &elf->segment[i];
		uint64_t from = segment->address - elf->start + segment->file_size;
		uint64_t to = i + 1 < elf->segments ? elf->segment[i + 1].address : elf->end;

		memset(start + from, 0, to - elf->start - from);
	}
}

static bool is_same_range(struct range a, struct range b)
{
	return a.start == b.start && a.end == b.end;
}

/* As boot/normal/bundle.c did, but from what has been verified. */
static int place_kernel(const struct guest *guest, const struct bundle *bundle)
{
	const struct bundle_place *part = &bundle->part[BUNDLE_KERNEL];
	uint64_t file = guest->image.start + part->offset, shift, size;
	bool little_endian;
	struct elf elf;
	int rc = bundle_kernel(bundle, (const void *)guest->image.start, &elf);

	if (rc)
		return rc;
	size = elf.end - elf.start;
	if (range_size(guest->kernel) != size)
		return error(E_KERNEL_DIGEST, "0x%lx bytes in the tree", range_size(guest->kernel));
	if (elf_in_place(&elf, BUNDLE_ALIGN, &shift)) {
		if (guest->kernel.start != file + shift)
			return error(E_KERNEL_DIGEST, "at 0x%lx in the tree", guest->kernel.start);
		clear_gaps(&elf, (uint8_t *)guest->kernel.start);
	} else {
		if (guest->kernel.start % BUNDLE_ALIGN ||
		    range_overlaps(guest->kernel, guest->bundle))
			return error(E_KERNEL_DIGEST, "no place at 0x%lx", guest->kernel.start);
		elf_lay_out(&elf, (const void *)file, (void *)guest->kernel.start);
	}
	if (elf.entry != elf.start)
		return error(E_NOT_LINUX, "entry at offset 0x%lx, expected 0",
			     elf.entry - elf.start);
	return kernel_recognise((const void *)guest->kernel.start, size, &little_endian);
}

/*
 * A bundle without initrd has none in the secure world either: the empty one was for the
 * ultravisor.
 */
static int take_initrd(struct guest *guest, const struct bundle_place *part)
{
	struct range initrd = part_range(guest, part);

	if (part->size && !is_same_range(initrd, guest->initrd))
		return error(E_INITRD_DIGEST, "0x%lx-0x%lx in the tree", guest->initrd.start,
			     guest->initrd.end);
	guest->initrd = initrd;
	return 0;
}

int measure_find(struct guest *guest)
{
	const void *image = (const void *)guest->image.start;
	struct bundle bundle;
	int rc;

	if (!guest->is_secure || !bundle_present(image, BUNDLE_MANIFEST_END))
		return 0;
	rc = bundle_parse(&bundle, image, BUNDLE_MANIFEST_END);
	if (rc)
		return error(E_MANIFEST, "%s", error_what(rc));
	if (!range_make(&guest->bundle, guest->image.start, bundle.total_size) ||
	    !ranges_contain(&guest->memory, guest->bundle))
		return error(E_MANIFEST, "0x%lx bytes at 0x%lx", bundle.total_size,
			     guest->image.start);
	return 0;
}

int measure(struct guest *guest)
{
	struct bundle bundle;
	int rc;

	if (!guest->is_secure)
		return 0;
	if (range_size(guest->bundle) == 0) {
		log_notice(
			"notice: no manifest, so kernel, initrd and command line are unverified");
		return 0;
	}
	if ((rc = bundle_parse(&bundle, (const void *)guest->image.start, BUNDLE_MANIFEST_END)) ||
	    (rc = check_kernel(guest, &bundle)) ||
	    (rc = check_digest(guest, &bundle.part[BUNDLE_INITRD], E_INITRD_DIGEST)) ||
	    (rc = check_digest(guest, &bundle.part[BUNDLE_CMDLINE], E_CMDLINE_DIGEST)) ||
	    (rc = check_cmdline(guest, &bundle.part[BUNDLE_CMDLINE])) ||
	    (rc = take_initrd(guest, &bundle.part[BUNDLE_INITRD])) ||
	    (rc = place_kernel(guest, &bundle)))
		return rc;
	guest->verified = true;
	return 0;
}
