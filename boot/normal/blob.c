// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/blob.h"

#include "boot/normal/place.h"
#include "fdt/edit.h"
#include "fdt/read.h"
#include "lib/bundle.h"
#include "lib/cpio.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/string.h"

#define FOLDER	 "opt/ibm/pef/"
#define START_ALIGN 512		/* of the initrd: open-power/ultravisor svm/svm-esmb.c */

struct entry {
	const char *name;
	uint64_t data, size, next;	/* offsets in the archive */
};

static uint64_t align_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) & ~(align - 1);
}

/* The entry at @at of an archive of @size bytes; false where there is none. */
static bool read_entry(struct entry *entry, const uint8_t *archive, uint64_t at, uint64_t size)
{
	struct cpio_header header;

	if (at > size || !cpio_read_header(&header, archive + at, size - at))
		return false;
	entry->name = (const char *)archive + at + CPIO_HEADER;
	entry->data = align_up(at + CPIO_HEADER + header.name_size, 4);
	entry->size = header.file_size;
	entry->next = align_up(entry->data + entry->size, 4);
	return header.name_size && entry->data <= size && entry->size <= size - entry->data &&
	       entry->name[header.name_size - 1] == '\0';
}

/* In a file of that folder: the first word that begins a flattened tree. */
static int find_blob(struct payload *payload, const struct entry *entry)
{
	const uint64_t base = payload->initrd.start, end = base + entry->data + entry->size;
	uint64_t size;
	int rc;

	for (uint64_t at = base + entry->data; at + BLOB_HEADER <= end; at += 4) {
		if (be32_load((const void *)at) != BLOB_MAGIC)
			continue;
		rc = blob_size(&size, (const void *)at, end - at);
		if (rc == 0)
			payload->blob = (struct range){ at, at + size };
		return rc;
	}
	return 0;
}

/* As the ultravisor looks (svm/svm-esmb.c): the first file with contents is the blob's, or none. */
int blob_find_archive(struct payload *payload)
{
	const uint8_t *archive = (const uint8_t *)payload->initrd.start;
	const uint64_t size = range_size(payload->initrd);
	struct entry entry;
	int rc = 0;

	for (uint64_t at = 0; rc == 0 && read_entry(&entry, archive, at, size); at = entry.next) {
		if (strcmp(entry.name, CPIO_TRAILER) == 0) {
			payload->archive = range_size(payload->blob) ? entry.next : 0;
			return 0;
		}
		if (entry.size == 0 || range_size(payload->blob))
			continue;
		if (strncmp(entry.name, FOLDER, strlen(FOLDER)) != 0)
			return 0;
		rc = find_blob(payload, &entry);
	}
	return rc || range_size(payload->blob) == 0 ?
		       rc :
		       error(E_BLOB_SIZE, "no end of the archive in front of the initrd");
}

static bool is_in_one_block(struct range range)
{
	return range.start / BUNDLE_BLOB_MAX == (range.end - 1) / BUNDLE_BLOB_MAX;
}

/* An archive stays in front of the initrd if the ultravisor can read it there. */
static bool may_stay(const struct payload *payload)
{
	const uint64_t start = payload->initrd.start;

	return payload->archive && start % START_ALIGN == 0 &&
	       is_in_one_block((struct range){ start, start + payload->archive });
}

/* As high as it goes, clear of all that is to survive, and of where the kernel moves to. */
static int find_place(struct range *place, const struct payload *payload,
		      const struct machine *machine, const struct ranges *own)
{
	const uint64_t size = range_size(payload->blob);
	struct ranges taken = *own;
	uint64_t align = BUNDLE_ALIGN;

	if (size > BUNDLE_BLOB_MAX)
		return error(E_BLOB_PLACE, "%lu bytes", size);
	if (!ranges_add(&taken, (struct range){ 0, payload->kernel_final.end }))
		return error(E_TOO_MANY, "over %d memory reservations", RANGES_MAX);
	while (align < size)	/* so it crosses no multiple of a power of two above */
		align <<= 1;
	return place_find(place, machine, &taken, size, align, E_BLOB_PLACE);
}

/* Nobody else's word counts, such as that of a kernel before us. */
static int name_place(void *tree, const struct payload *payload, bool moved)
{
	int chosen = dt_find(tree, "/chosen");
	int frc = dt_drop_property(tree, chosen, DT_BLOB_START);

	if (frc == 0)
		frc = dt_drop_property(tree, chosen, DT_BLOB_END);
	if (frc || !moved)
		return frc;
	frc = fdt_setprop_u64(tree, chosen, DT_BLOB_START, payload->blob.start);
	if (frc == 0)
		frc = fdt_setprop_u64(tree, chosen, DT_BLOB_END, payload->blob.end);
	if (frc == 0 && payload->archive)
		frc = fdt_setprop_u64(tree, chosen, "linux,initrd-start", payload->initrd.start);
	return frc;
}

int blob_hand_over(struct payload *payload, struct machine *machine, struct ranges *own)
{
	const bool move = range_size(payload->blob) && !may_stay(payload);
	struct range place;
	int rc = move ? find_place(&place, payload, machine, own) : 0, frc;

	if (rc)
		return rc;
	if (move) {
		memcpy((void *)place.start, (const void *)payload->blob.start, range_size(place));
		payload->blob = place;
		if (payload->archive)
			payload->initrd.start = align_up(payload->initrd.start + payload->archive,
							 START_ALIGN);
		if (payload->initrd.start >= payload->initrd.end)
			return error(E_BLOB, "no initrd after its archive");
		ranges_add(own, handover_reservation(place));	/* far from full */
	}
	frc = name_place(machine->home.tree, payload, move);
	return frc ? error(E_TREE_EDIT, "/chosen: %s", fdt_strerror(frc)) : 0;
}
