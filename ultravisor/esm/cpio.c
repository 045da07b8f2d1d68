// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/cpio.h"

#include <libfdt.h>
#include <stdbool.h>

#include "lib/cpio.h"
#include "lib/endian.h"
#include "lib/string.h"

#define FOLDER	  "opt/ibm/pef"
#define ARCHIVE_ALIGN 512

struct walk {
	const uint8_t *at;
	uint64_t size, address;
};

struct entry {
	const char *name;
	uint64_t name_size, file, file_size, next;	/* offsets and bytes */
};

/* The next offset whose address is a multiple of @to. */
static uint64_t align(const struct walk *walk, uint64_t offset, uint64_t to)
{
	return ((walk->address + offset + to - 1) & ~(to - 1)) - walk->address;
}

/* What begins at @offset; false unless its header and name are there. */
static bool read_entry(const struct walk *walk, uint64_t offset, struct entry *entry)
{
	const uint8_t *at = walk->at + offset;
	struct cpio_header header;

	if (!cpio_read_header(&header, at, walk->size - offset))
		return false;
	entry->name = (const char *)at + CPIO_HEADER;
	entry->name_size = header.name_size;
	entry->file = align(walk, offset + CPIO_HEADER + header.name_size, 4);
	entry->file_size = header.file_size;
	entry->next = align(walk, entry->file + entry->file_size, 4);
	return true;
}

static bool name_is_trailer(const struct entry *entry)
{
	return entry->name_size == sizeof(CPIO_TRAILER) &&
	       memcmp(entry->name, CPIO_TRAILER, sizeof(CPIO_TRAILER)) == 0;
}

static bool name_is_ours(const struct entry *entry)
{
	return entry->name_size >= sizeof(FOLDER) - 1 &&
	       memcmp(entry->name, FOLDER, sizeof(FOLDER) - 1) == 0;
}

static bool find_magic(const struct walk *walk, const struct entry *entry, struct cpio_blob *blob)
{
	uint64_t end = entry->file + entry->file_size;

	for (uint64_t at = entry->file; end - at >= 4; at += 4) {
		if (be32_load(walk->at + at) != FDT_MAGIC)
			continue;
		blob->start = at;
		blob->end = end;
		return true;
	}
	return false;
}

enum cpio_found cpio_find(struct cpio_blob *blob, const uint8_t *at, size_t size, uint64_t address)
{
	const struct walk walk = { at, size, address };
	bool found = false;
	struct entry entry;

	for (uint64_t offset = align(&walk, 0, 4); offset <= size; offset = entry.next) {
		if (!read_entry(&walk, offset, &entry))
			break;
		if (name_is_trailer(&entry)) {
			blob->archive = align(&walk, entry.next, ARCHIVE_ALIGN);
			return found && blob->archive <= size ? CPIO_BLOB :
			       found ? CPIO_ENDLESS : CPIO_NO_BLOB;
		}
		if (!entry.file_size || found)
			continue;
		if (!name_is_ours(&entry))
			return CPIO_NO_BLOB;
		if (entry.next > size)
			return CPIO_ENDLESS;
		found = find_magic(&walk, &entry, blob);
	}
	return found ? CPIO_ENDLESS : CPIO_NO_BLOB;
}
