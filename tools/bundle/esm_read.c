// SPDX-License-Identifier: GPL-2.0-or-later
/* The format as svm-tool and the published ultravisor expect it, and nothing beside it. */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "lib/endian.h"
#include "tools/bundle/esm.h"

/* How many bytes a property may have; a text ends with its only NUL, and has no line break. */
struct wanted {
	const char *name;
	int least, most;	/* most 0: a text */
	const void **value;
	size_t *size;
};

static bool is_text(const char *value, int length)
{
	return length > 0 && !value[length - 1] && strlen(value) == (size_t)length - 1 &&
	       !strchr(value, '\n');
}

static int count_properties(const void *tree, int node)
{
	int property, count = 0;

	fdt_for_each_property_offset(property, tree, node)
		count++;
	return count;
}

/* Exactly these properties, each once. */
static const char *read_properties(const void *tree, int node, const struct wanted *wanted,
				   int count)
{
	int length;

	if (count_properties(tree, node) != count)
		return "a node has too many properties, or too few";
	for (int i = 0; i < count; i++) {
		const char *value = fdt_getprop(tree, node, wanted[i].name, &length);

		if (!value)
			return "a property is missing";
		if (wanted[i].most ? length < wanted[i].least || length > wanted[i].most :
				     !is_text(value, length))
			return "a property has the wrong size, or is no text";
		*wanted[i].value = value;
		if (wanted[i].size)
			*wanted[i].size = (size_t)length;
	}
	return NULL;
}

static const char *read_sealed(struct sealed *sealed, const void *tree, int node, int most)
{
	const void *algorithm, *comment, *iv = NULL, *mac = NULL, *text = NULL;
	const struct wanted wanted[] = {
		{ "algorithm", 0, 0, &algorithm, NULL },
		{ "untrusted-comment", 0, 0, &comment, NULL },
		{ "iv", ESM_IV_SIZE, ESM_IV_SIZE, &iv, NULL },
		{ "mac", ESM_MAC_SIZE, ESM_MAC_SIZE, &mac, NULL },
		{ "ciphertext", 1, most, &text, &sealed->size },
	};
	const char *wrong = read_properties(tree, node, wanted, 5);

	if (wrong)
		return wrong;
	if (strcmp(algorithm, "AES256-GCM") != 0)
		return "its cipher is not AES256-GCM";
	sealed->name = fdt_get_name(tree, node, NULL);
	sealed->iv = iv;
	sealed->mac = mac;
	sealed->text = text;
	return fdt_first_subnode(tree, node) < 0 ? NULL : "a node is where none belongs";
}

static bool is_lockbox_name(const char *name)
{
	if (strcmp(name, "origin-lockbox") == 0)
		return true;
	if (strncmp(name, "lockbox-", 8) != 0 || name[8] < '1' || name[8] > '9')
		return false;
	return strspn(name + 8, "0123456789") == strlen(name + 8);
}

static const char *read_fingerprint(struct lockbox *box, const void *tree, int node)
{
	const void *algorithm, *hash = NULL;
	const struct wanted wanted[] = {
		{ "algorithm", 0, 0, &algorithm, NULL },
		{ "hash", ESM_FINGERPRINT_SIZE, ESM_FINGERPRINT_SIZE, &hash, NULL },
	};
	int inner = fdt_subnode_offset(tree, node, "pubkey-fingerprint");
	const char *wrong;

	if (inner < 0 || fdt_first_subnode(tree, node) != inner ||
	    fdt_next_subnode(tree, inner) >= 0 || fdt_first_subnode(tree, inner) >= 0)
		return "a lockbox has not just a fingerprint";
	wrong = read_properties(tree, inner, wanted, 2);
	if (!wrong && strcmp(algorithm, "SHA256") != 0)
		wrong = "a fingerprint is not of SHA256";
	box->fingerprint = hash;
	return wrong;
}

static const char *read_lockbox(struct lockbox *box, const void *tree, int node)
{
	const void *comment = NULL, *text = NULL;
	const struct wanted wanted[] = {
		{ "untrusted-comment", 0, 0, &comment, NULL },
		{ "encrypted-symkey", ESM_CIPHER_SIZE, KEY_SIZE_MAX, &text, &box->size },
	};
	const char *wrong;

	box->name = fdt_get_name(tree, node, NULL);
	if (!is_lockbox_name(box->name))
		return "a lockbox has a wrong name";
	wrong = read_properties(tree, node, wanted, 2);
	box->comment = comment;
	box->text = text;
	if (!wrong && strcmp(box->name, "lockbox-1") == 0 && box->size != ESM_CIPHER_SIZE)
		wrong = "lockbox-1 is not for a key of 2048 bits, as a TPM has";
	return wrong ? wrong : read_fingerprint(box, tree, node);
}

static const char *read_lockboxes(struct esm *esm, const void *tree, int parent)
{
	const char *wrong;
	int node;

	if (count_properties(tree, parent))
		return "a property is where none belongs";
	fdt_for_each_subnode(node, tree, parent) {
		if (esm->lockboxes == RECIPIENTS_MAX + 1)
			return "it has too many lockboxes";
		wrong = read_lockbox(&esm->lockbox[esm->lockboxes++], tree, node);
		if (wrong)
			return wrong;
	}
	return fdt_subnode_offset(tree, parent, "lockbox-1") < 0 ? "it has no lockbox-1" : NULL;
}

static const char *read_digests_node(struct esm *esm, const void *tree, int parent)
{
	int node = fdt_subnode_offset(tree, parent, "digests-fdt");

	if (node < 0)
		return "it has no digests";
	if (count_properties(tree, parent) ||
	    fdt_first_subnode(tree, parent) != node || fdt_next_subnode(tree, node) >= 0)
		return "something is beside its digests";
	return read_sealed(&esm->digests, tree, node, ESM_DIGESTS_MAX);
}

bool is_file_name(const char *name, size_t size)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (size == 0 || size > ESM_NAME_MAX || !strchr(letters, *name))
		return false;
	for (size_t i = 0; i < size; i++)
		if (!name[i] || (!strchr(letters, name[i]) && !strchr("0123456789,._+-", name[i])))
			return false;
	return true;
}

static const char *read_files_node(struct esm *esm, const void *tree, int parent)
{
	const char *wrong;
	int node;

	if (count_properties(tree, parent))
		return "a property is where none belongs";
	fdt_for_each_subnode(node, tree, parent) {
		if (esm->files == OWNER_FILES_MAX)
			return "it has too many files";
		wrong = read_sealed(&esm->file[esm->files], tree, node, ESM_FILE_MAX);
		if (wrong)
			return wrong;
		if (!is_file_name(esm->file[esm->files].name, strlen(esm->file[esm->files].name)))
			return "a file has a wrong name";
		for (int i = 0; i < esm->files; i++)
			if (strcmp(esm->file[i].name, esm->file[esm->files].name) == 0)
				return "two files have the same name";
		esm->files++;
	}
	return NULL;
}

/* Version 17; libfdt reads words where the offsets say, whether they are aligned or not. */
static bool has_header(const void *tree, size_t size)
{
	return size >= FDT_V17_SIZE && fdt_version(tree) == 17 &&
	       fdt_off_dt_struct(tree) % 4 == 0 && fdt_off_mem_rsvmap(tree) % 8 == 0;
}

/* The root of a tree: @compatible, and as many nodes. */
static const char *read_root(const void *tree, size_t size, const char *compatible, int nodes)
{
	const void *value = NULL;
	const struct wanted wanted[] = { { "compatible", 0, 0, &value, NULL } };
	const char *wrong;
	int node;

	if (!has_header(tree, size) || fdt_check_full(tree, size) ||
	    fdt_totalsize(tree) != size || fdt_num_mem_rsv(tree) != 0)
		return "a tree is broken";
	wrong = read_properties(tree, 0, wanted, 1);
	if (wrong)
		return wrong;
	fdt_for_each_subnode(node, tree, 0)
		nodes--;
	return strcmp(value, compatible) != 0 || nodes ? "a tree is another one" : NULL;
}

/* libfdt wants trees at multiples of 8 */
static uint8_t *copy_tree(const void *tree, size_t size)
{
	void *copy = malloc(size ? size : 1);

	if (!copy)
		die("out of memory");
	return memcpy(copy, tree, size);
}

static const char *read_files(struct esm *esm, const void *tree, int parent)
{
	const void *inner;
	const char *wrong;
	int length, node;

	if (fdt_first_subnode(tree, parent) >= 0)
		return "a node is where none belongs";
	if (count_properties(tree, parent) == 0)
		return NULL;
	inner = fdt_getprop(tree, parent, "files-fdt", &length);
	if (!inner || count_properties(tree, parent) != 1)
		return "a property is where none belongs";
	if (length > ESM_FILES_MAX)
		return "files and their tree are more than 64 KiB";
	esm->files_size = (size_t)length;
	inner = esm->files_tree = copy_tree(inner, esm->files_size);
	wrong = read_root(inner, esm->files_size, "ibm,esm-file", 1);
	if (wrong)
		return wrong;
	node = fdt_subnode_offset(inner, 0, "files");
	return node < 0 ? "it has no /files" : read_files_node(esm, inner, node);
}

const char *esm_read(struct esm *esm, const uint8_t *data, size_t size)
{
	int lockboxes, digest_node, file;
	const char *wrong = read_root(data, size, "ibm,esm", 3);

	*esm = (struct esm){ .size = size };
	if (wrong)
		return wrong;
	lockboxes = fdt_subnode_offset(data, 0, "lockboxes");
	digest_node = fdt_subnode_offset(data, 0, "digest");
	file = fdt_subnode_offset(data, 0, "file");
	if (lockboxes < 0 || digest_node < 0 || file < 0)
		return "it has not just /lockboxes, /digest and /file";
	wrong = read_lockboxes(esm, data, lockboxes);
	if (!wrong)
		wrong = read_digests_node(esm, data, digest_node);
	return wrong ? wrong : read_files(esm, data, file);
}

const char *esm_read_digests(struct digests *digests, const struct blob *tree)
{
	const void *algorithm, *rtas, *kernel, *initrd, *bootargs, *size;
	const struct wanted wanted[] = {
		{ "algorithm", 0, 0, &algorithm, NULL },
		{ "rtas", ESM_DIGEST_SIZE, ESM_DIGEST_SIZE, &rtas, NULL },
		{ "kernel", ESM_DIGEST_SIZE, ESM_DIGEST_SIZE, &kernel, NULL },
		{ "initrd", ESM_DIGEST_SIZE, ESM_DIGEST_SIZE, &initrd, NULL },
		{ "bootargs", ESM_DIGEST_SIZE, ESM_DIGEST_SIZE, &bootargs, NULL },
		{ "kernel-size", 4, 4, &size, NULL },
	};
	const char *wrong = read_root(tree->data, tree->size, "ibm,esm", 1);
	int node;

	if (wrong)
		return wrong;
	node = fdt_subnode_offset(tree->data, 0, "digests");
	wrong = node < 0 ? "it has no /digests" : read_properties(tree->data, node, wanted, 6);
	if (wrong)
		return wrong;
	if (strcmp(algorithm, "SHA512") != 0)
		return "its digests are not of SHA512";
	memcpy(digests->rtas, rtas, ESM_DIGEST_SIZE);
	memcpy(digests->kernel, kernel, ESM_DIGEST_SIZE);
	memcpy(digests->initrd, initrd, ESM_DIGEST_SIZE);
	memcpy(digests->bootargs, bootargs, ESM_DIGEST_SIZE);
	digests->kernel_size = be32_load(size);
	return NULL;
}
