// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A blob as open-power/svm-tools makes it. What is random in it: the key, the IVs, the padding of
 * RSA-OAEP. All else follows from what is given, in the order in which it is given.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fail.h"
#include "tools/bundle/esm.h"
#include "tools/bundle/secret.h"

#define NODE_ROOM   512		/* for a node's names, numbers and small properties */
#define TREE_ROOM   4096

struct tree {
	uint8_t *data;
	size_t room;
};

/* There is room for what is put in. */
static void done(int frc)
{
	if (frc)
		die("device tree: %s", fdt_strerror(frc));
}

static void begin_tree(struct tree *tree, size_t room, const char *compatible)
{
	*tree = (struct tree){ calloc(1, room), room };
	if (!tree->data)
		die("out of memory");
	done(fdt_create(tree->data, (int)room));
	done(fdt_finish_reservemap(tree->data));
	done(fdt_begin_node(tree->data, ""));
	done(fdt_property_string(tree->data, "compatible", compatible));
}

static size_t end_tree(struct tree *tree)
{
	done(fdt_end_node(tree->data));
	done(fdt_finish(tree->data));
	return fdt_totalsize(tree->data);
}

/* A node with what is sealed. */
static void put_sealed(struct tree *tree, const char *name, const uint8_t *key, const void *data,
		       size_t size)
{
	uint8_t iv[ESM_IV_SIZE], mac[ESM_MAC_SIZE];
	void *text;

	random_bytes(iv, sizeof(iv));
	done(fdt_begin_node(tree->data, name));
	done(fdt_property_string(tree->data, "algorithm", "AES256-GCM"));
	done(fdt_property_string(tree->data, "untrusted-comment", ""));
	done(fdt_property(tree->data, "iv", iv, sizeof(iv)));
	text = secret_alloc(size);
	memcpy(text, data, size);
	esm_encrypt(key, iv, text, size, mac);
	done(fdt_property(tree->data, "mac", mac, sizeof(mac)));
	done(fdt_property(tree->data, "ciphertext", text, (int)size));
	done(fdt_end_node(tree->data));
}

static void put_lockbox(struct tree *tree, const char *name, const uint8_t *key,
			const struct recipient *for_whom)
{
	uint8_t text[KEY_SIZE_MAX];
	size_t size = esm_wrap(text, key, &for_whom->key);

	if (!size)
		die("%s: RSA does not work with this key", for_whom->comment);
	done(fdt_begin_node(tree->data, name));
	done(fdt_property_string(tree->data, "untrusted-comment", for_whom->comment));
	done(fdt_property(tree->data, "encrypted-symkey", text, (int)size));
	done(fdt_begin_node(tree->data, "pubkey-fingerprint"));
	done(fdt_property_string(tree->data, "algorithm", "SHA256"));
	done(fdt_property(tree->data, "hash", for_whom->fingerprint, ESM_FINGERPRINT_SIZE));
	done(fdt_end_node(tree->data));
	done(fdt_end_node(tree->data));
}

static void put_lockboxes(struct tree *tree, const uint8_t *key, const struct esm_content *content)
{
	char name[32];

	done(fdt_begin_node(tree->data, "lockboxes"));
	put_lockbox(tree, "origin-lockbox", key, content->origin);
	for (int i = 0; i < content->recipients; i++) {
		snprintf(name, sizeof(name), "lockbox-%d", i + 1);
		put_lockbox(tree, name, key, &content->recipient[i]);
	}
	done(fdt_end_node(tree->data));
}

static void put_digests(struct tree *tree, const uint8_t *key, const struct digests *digests)
{
	struct tree inner;
	size_t size;

	begin_tree(&inner, TREE_ROOM, "ibm,esm");
	done(fdt_begin_node(inner.data, "digests"));
	done(fdt_property_string(inner.data, "algorithm", "SHA512"));
	done(fdt_property(inner.data, "rtas", digests->rtas, ESM_DIGEST_SIZE));
	done(fdt_property(inner.data, "kernel", digests->kernel, ESM_DIGEST_SIZE));
	done(fdt_property_u32(inner.data, "kernel-size", digests->kernel_size));
	done(fdt_property(inner.data, "initrd", digests->initrd, ESM_DIGEST_SIZE));
	done(fdt_property(inner.data, "bootargs", digests->bootargs, ESM_DIGEST_SIZE));
	done(fdt_end_node(inner.data));
	size = end_tree(&inner);
	done(fdt_begin_node(tree->data, "digest"));
	put_sealed(tree, "digests-fdt", key, inner.data, size);
	done(fdt_end_node(tree->data));
}

static size_t files_room(const struct esm_content *content)
{
	size_t room = TREE_ROOM;

	for (int i = 0; i < content->files; i++)
		room += content->file[i].data.size + NODE_ROOM;
	return room;
}

static void put_files(struct tree *tree, const uint8_t *key, const struct esm_content *content)
{
	struct tree inner;
	size_t size;

	done(fdt_begin_node(tree->data, "file"));
	if (content->files) {
		begin_tree(&inner, files_room(content), "ibm,esm-file");
		done(fdt_begin_node(inner.data, "files"));
		for (int i = 0; i < content->files; i++)
			put_sealed(&inner, content->file[i].name, key, content->file[i].data.data,
				   content->file[i].data.size);
		done(fdt_end_node(inner.data));
		size = end_tree(&inner);
		if (size > ESM_FILES_MAX)
			die("files and their tree are %zu bytes, %d at most: %zu too many", size,
			    ESM_FILES_MAX, size - ESM_FILES_MAX);
		done(fdt_property(tree->data, "files-fdt", inner.data, (int)size));
	}
	done(fdt_end_node(tree->data));
}

struct blob esm_make(const struct esm_content *content)
{
	uint8_t *key = secret_alloc(ESM_KEY_SIZE);
	struct tree tree;
	size_t room = files_room(content) + 2 * TREE_ROOM;

	room += (size_t)(content->recipients + 1) * (KEY_SIZE_MAX + NODE_ROOM);
	random_bytes(key, ESM_KEY_SIZE);
	begin_tree(&tree, room, "ibm,esm");
	put_lockboxes(&tree, key, content);
	put_digests(&tree, key, content->digests);
	put_files(&tree, key, content);
	return (struct blob){ tree.data, end_tree(&tree) };
}
