// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/files.h"

#include "abi/pef.h"
#include "fdt/read.h"
#include "lib/string.h"
#include "ultravisor/esm/sealed.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/text/guest.h"

#define READERS_MAX 64	/* names that were ever asked for; the real one allocates */

/* struct esmb_file_ctx of the real one */
struct reader {
	char name[ESM_FILE_NAME + 1];
	uint32_t pid;
	uint64_t next;		/* nothing before it is read again */
};

static struct blob taken;
static struct reader readers[READERS_MAX];
static unsigned int readers_used;
static uint64_t keys_gpa, files_gpa;

struct blob *files_take(void)
{
	files_drop();
	return &taken;
}

void files_drop(void)
{
	secure_zero(&taken, sizeof(taken));
}

/* What the guest had there it had not reserved. */
static void clear_frame(uint64_t gpa)
{
	static const uint8_t zeros[SMALL_PAGE];

	if (pages_empty(pages_get(&pages, gpa / FRAME_SIZE)))
		return;
	for (uint64_t at = 0; at < FRAME_SIZE; at += SMALL_PAGE)
		guest_write(gpa + at, zeros, sizeof(zeros));
}

void files_give(uint64_t keys, uint64_t files)
{
	static const uint8_t no_key[ESM_KEY_SIZE];

	keys_gpa = keys;
	files_gpa = files;
	readers_used = 0;
	clear_frame(keys);
	clear_frame(files);
	if (memcmp(taken.key, no_key, ESM_KEY_SIZE) != 0)
		guest_write(keys + ESM_PAGE_KEY, taken.key, ESM_KEY_SIZE);
	if (taken.digests_size)
		guest_write(keys + ESM_PAGE_DIGESTS, taken.digests, taken.digests_size);
	if (taken.files_size)
		guest_write(files, taken.files, taken.files_size);
	files_drop();
}

/* Who asks first for a name is its reader. NULL if there are too many names. */
static struct reader *find_reader(const struct file_call *call)
{
	struct reader *reader = readers;

	for (; reader < readers + readers_used; reader++)
		if (strcmp(reader->name, call->name) == 0)
			return reader;
	if (readers_used == READERS_MAX)
		return NULL;
	readers_used++;
	*reader = (struct reader){ .pid = call->pid };
	memcpy(reader->name, call->name, sizeof(reader->name));
	return reader;
}

/* The files' tree as the guest's frame has it, in @tree. Returns 0 or -FDT_ERR_*. */
static int fetch_files(uint8_t *tree)
{
	if (!guest_read(tree, files_gpa, ESM_FILES_MAX))
		return -FDT_ERR_BADMAGIC;
	return dt_check(tree, ESM_FILES_MAX);
}

/* Decrypt a file into @to: room for ESM_FILES_MAX. Returns its size, or as files_read(). */
static int64_t decrypt_file(const char *name, const uint8_t *tree, uint8_t *to)
{
	char path[sizeof("/files/") + ESM_FILE_NAME] = "/files/";
	uint8_t key[ESM_KEY_SIZE];
	uint32_t size;
	bool good;
	int node;

	memcpy(path + strlen(path), name, strlen(name) + 1);
	node = dt_find(tree, path);
	if (node < 0)
		return node;
	guest_read(key, keys_gpa + ESM_PAGE_KEY, sizeof(key));
	good = sealed_open(tree, node, key, to, ESM_FILE_MAX, &size);
	secure_zero(key, sizeof(key));
	return good ? (int64_t)size : U_PARAMETER;
}

static int64_t read_chunk(struct file_call *call)
{
	uint8_t *tree = platform.spare, *file = tree + ESM_FILES_MAX;
	int64_t size = fetch_files(tree), count = 0;

	if (!size)
		size = decrypt_file(call->name, tree, file);
	if (size < 0)
		return size;
	if (call->offset < (uint64_t)size) {
		count = size - (int64_t)call->offset;
		if (count > ESM_FILE_CHUNK)
			count = ESM_FILE_CHUNK;
		memset(call->data, 0, sizeof(call->data));
		memcpy(call->data, file + call->offset, (uint64_t)count);
	}
	secure_zero(file, (uint64_t)size);
	return count;
}

int64_t files_read(struct file_call *call)
{
	struct reader *reader = find_reader(call);
	int64_t count;

	call->past_page = false;
	if (!reader)
		return U_RETRY;
	if (reader->pid != call->pid || call->offset < reader->next)
		return U_PARAMETER;
	call->past_page = call->offset >= ESM_FILES_MAX;
	if (call->past_page)
		return U_PARAMETER;
	count = read_chunk(call);
	if (count >= 0)
		reader->next = call->offset + (uint64_t)count;
	return count;
}
