// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/blob.h"

#include "fdt/read.h"
#include "lib/string.h"
#include "ultravisor/esm/sealed.h"
#include "ultravisor/esm/unwrap.h"

/* The real one copies what it finds, whatever it is. Here it has to be a tree in a frame. */
static void take_files(struct blob *blob, const void *tree)
{
	int size;
	const void *files = dt_get(tree, dt_find(tree, "/file"), "files-fdt", &size);

	if (!files || size > ESM_FILES_MAX)
		return;
	memcpy(blob->files, files, (uint32_t)size);
	if (dt_check(blob->files, (uint32_t)size) == 0)
		blob->files_size = (uint32_t)size;
}

static const char *take_key(struct blob *blob, const void *tree)
{
	int size, node = dt_find(tree, "/lockboxes/lockbox-1");
	const void *cipher = dt_get(tree, node, "encrypted-symkey", &size);

	if (!cipher)
		return "no lockbox-1 with encrypted-symkey";
	if (size != ESM_CIPHER_SIZE)
		return "lockbox-1 is not for a key of 2048 bits";
	return esm_unwrap(cipher, blob->key);
}

static bool take_digest(const void *tree, int node, const char *name, uint8_t to[ESM_DIGEST_SIZE])
{
	int size;
	const void *digest = dt_get(tree, node, name, &size);

	if (!digest || size != ESM_DIGEST_SIZE)
		return false;
	memcpy(to, digest, ESM_DIGEST_SIZE);
	return true;
}

static const char *take_digests(struct blob *blob, struct blob_digests *digests, const void *tree)
{
	int node = dt_find(tree, "/digest/digests-fdt");
	const void *inner = blob->digests;

	if (node < 0)
		return "no /digest/digests-fdt";
	if (!sealed_open(tree, node, blob->key, blob->digests, ESM_DIGESTS_MAX,
			 &blob->digests_size))
		return "the digests do not decrypt";
	if (dt_check(inner, blob->digests_size))
		return "the digests are no tree";
	node = dt_find(inner, "/digests");
	if (!take_digest(inner, node, "rtas", digests->rtas) ||
	    !take_digest(inner, node, "kernel", digests->kernel) ||
	    dt_u32(inner, node, "kernel-size", &digests->kernel_size) || !digests->kernel_size ||
	    !take_digest(inner, node, "initrd", digests->initrd) ||
	    !take_digest(inner, node, "bootargs", digests->bootargs))
		return "the digests lack rtas, kernel, kernel-size, initrd or bootargs";
	return NULL;
}

const char *blob_open(struct blob *blob, struct blob_digests *digests, const void *data,
		      uint64_t size)
{
	const char *why;

	if (size < sizeof(struct fdt_header) || dt_check(data, size))
		return "the blob is no tree";
	take_files(blob, data);
	why = take_key(blob, data);
	return why ? why : take_digests(blob, digests, data);
}
