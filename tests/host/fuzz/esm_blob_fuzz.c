// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ESM blobs, as the ultravisor finds, opens and reads them. What opens a lockbox is replaced: its
 * key is all zeros. The first byte says what the rest is: 0 an archive in front of an initrd, 1 a
 * blob, 2 the digests' tree of a sound one, 3 a files' tree in the guest's frame, 4 a file's name
 * and calls for a sound one.
 */
#include <bearssl_aead.h>
#include <bearssl_block.h>
#include <libfdt.h>

#include "tests/host/fuzz/fuzz.h"
#include "ultravisor/esm/blob.h"
#include "ultravisor/esm/cpio.h"
#include "ultravisor/esm/files.h"
#include "ultravisor/esm/unwrap.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"

#define SPACE 0x10000

static const uint8_t no_key[ESM_KEY_SIZE];
static uint8_t memory[2 * FRAME_SIZE];		/* the guest's frames: keys, files */
static uint8_t spare[TREE_SPACE];
static uint8_t made[SPACE] __attribute__((aligned(8)));
static struct blob blob;

struct platform platform;
struct pages pages;

const char *esm_unwrap(const uint8_t cipher[ESM_CIPHER_SIZE], uint8_t key[ESM_KEY_SIZE])
{
	memset(key, 0, ESM_KEY_SIZE);
	return cipher[0] == 0xff ? "no" : NULL;
}

bool guest_read(void *to, uint64_t gpa, uint64_t size)
{
	MUST(size <= sizeof(memory) && gpa <= sizeof(memory) - size);
	memcpy(to, memory + gpa, size);
	return true;
}

bool guest_write(uint64_t gpa, const void *from, uint64_t size)
{
	MUST(size <= sizeof(memory) && gpa <= sizeof(memory) - size);
	memcpy(memory + gpa, from, size);
	return true;
}

enum page_state pages_get(const struct pages *of, uint64_t gfn)
{
	(void)of;
	(void)gfn;
	return PAGE_ZERO;
}

/* A node as svm-tool seals it, of up to a frame. */
static void put_sealed(void *tree, const char *name, const uint8_t *data, size_t size)
{
	static uint8_t copy[FRAME_SIZE];
	uint8_t iv[ESM_IV_SIZE] = { 1 }, mac[ESM_MAC_SIZE];
	br_aes_ct64_ctr_keys aes;
	br_gcm_context gcm;

	if (size > sizeof(copy))
		size = sizeof(copy);
	memcpy(copy, data, size);
	br_aes_ct64_ctr_init(&aes, no_key, sizeof(no_key));
	br_gcm_init(&gcm, &aes.vtable, br_ghash_ctmul64);
	br_gcm_reset(&gcm, iv, sizeof(iv));
	br_gcm_flip(&gcm);
	br_gcm_run(&gcm, 1, copy, size);
	br_gcm_get_tag(&gcm, mac);
	fdt_begin_node(tree, name);
	fdt_property_string(tree, "algorithm", "AES256-GCM");
	fdt_property(tree, "iv", iv, sizeof(iv));
	fdt_property(tree, "mac", mac, sizeof(mac));
	fdt_property(tree, "ciphertext", copy, (int)size);
	fdt_end_node(tree);
}

static void begin(void *tree)
{
	fdt_create(tree, SPACE);
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
}

static void finish(void *tree)
{
	fdt_end_node(tree);
	fdt_finish(tree);
}

static void open_blob(const uint8_t *data, size_t size)
{
	struct blob_digests digests = { .kernel_size = 0 };
	uint8_t *copy = aligned_alloc(8, (size + 8) & ~7UL);
	const char *why;

	memcpy(copy, data, size);
	memset(&blob, 0, offsetof(struct blob, digests));
	blob.digests_size = blob.files_size = 0;
	why = blob_open(&blob, &digests, copy, size);
	MUST(why || digests.kernel_size);
	MUST(blob.digests_size <= ESM_DIGESTS_MAX && blob.files_size <= ESM_FILES_MAX);
	free(copy);
}

static void open_archive(const uint8_t *data, size_t size)
{
	struct cpio_blob found;
	uint8_t *copy = malloc(size + 1);

	memcpy(copy, data, size);
	if (cpio_find(&found, copy, size, 0x400000) == CPIO_BLOB) {
		MUST(found.start < found.end && found.end <= found.archive);
		MUST(found.archive <= size);
		open_blob(copy + found.start, found.end - found.start);
	}
	free(copy);
}

static void open_digests(const uint8_t *data, size_t size)
{
	static const uint8_t cipher[ESM_CIPHER_SIZE];

	begin(made);
	fdt_begin_node(made, "lockboxes");
	fdt_begin_node(made, "lockbox-1");
	fdt_property(made, "encrypted-symkey", cipher, sizeof(cipher));
	fdt_end_node(made);
	fdt_end_node(made);
	fdt_begin_node(made, "digest");
	put_sealed(made, "digests-fdt", data, size);
	fdt_end_node(made);
	finish(made);
	open_blob(made, fdt_totalsize(made));
}

static void read_file(struct input *input)
{
	struct file_call call = { .offset = take(input, 3), .pid = 1 };
	int64_t count;

	memcpy(call.name, input->at, input->left < 32 ? input->left : 32);
	for (int i = 0; i < 4; i++, call.offset += take(input, 1)) {
		count = files_read(&call);
		MUST(count <= ESM_FILE_CHUNK && count >= -64);
		if (count < 0)
			break;
		call.offset += (uint64_t)count;
	}
}

static void read_files(struct input *input, bool sound)
{
	struct input name = *input;

	memset(memory, 0, sizeof(memory));
	files_take();
	files_give(0, FRAME_SIZE);
	if (sound) {
		begin(made);
		fdt_begin_node(made, "files");
		put_sealed(made, "a", input->at, input->left);
		put_sealed(made, "b@1", input->at, input->left / 2);
		fdt_end_node(made);
		finish(made);
		memcpy(memory + FRAME_SIZE, made, fdt_totalsize(made));
	} else {
		if (input->left > FRAME_SIZE)
			input->left = FRAME_SIZE;
		memcpy(memory + FRAME_SIZE, input->at, input->left);
		name = (struct input){ (const uint8_t *)"\0\0\0rootd", 8 };
	}
	read_file(&name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };

	platform.spare = spare;
	switch (take(&input, 1)) {
	case 0:
		open_archive(input.at, input.left);
		break;
	case 1:
		open_blob(input.at, input.left);
		break;
	case 2:
		open_digests(input.at, input.left);
		break;
	case 3:
		read_files(&input, false);
		break;
	case 4:
		read_files(&input, true);
		break;
	}
	return 0;
}
