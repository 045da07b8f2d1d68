/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ESM blob (abi/esm_blob.h): made, read, and with a private key opened. */
#ifndef TOOLS_BUNDLE_ESM_H
#define TOOLS_BUNDLE_ESM_H

#include "abi/esm_blob.h"
#include "tools/bundle/key.h"
#include "tools/bundle/tool.h"

#define ESM_NAME_MAX	   31		/* the longest name of a node */

/* What an ultravisor compares before it gives a guest anything. */
struct digests {
	uint8_t rtas[ESM_DIGEST_SIZE], kernel[ESM_DIGEST_SIZE], initrd[ESM_DIGEST_SIZE],
		bootargs[ESM_DIGEST_SIZE];
	uint32_t kernel_size;
};

/* Those of a bundle in memory; leaves with an error if it is not one that can be sealed. */
void measure(struct digests *digests, const char *path, const struct bundle *bundle,
	     const uint8_t *image);

/* A file of the owner's. */
struct owner_file {
	char name[ESM_NAME_MAX + 1];
	struct blob data;		/* secret memory */
};

/* True for [A-Za-z][0-9A-Za-z,._+-]{0,30}. */
bool is_file_name(const char *name, size_t size);

/* What a blob is made from; the origin has a lockbox that no ultravisor opens. */
struct esm_content {
	const struct digests *digests;
	const struct recipient *origin, *recipient;
	int recipients;
	const struct owner_file *file;
	int files;
};

/* Make a blob; leaves with an error if the files and their tree are too large. */
struct blob esm_make(const struct esm_content *content);

/* One thing that is sealed with the blob's key. */
struct sealed {
	const char *name;
	const uint8_t *iv, *mac, *text;
	size_t size;
};

/* What a blob has in it; pointers into it and into @files_tree. */
struct esm {
	struct lockbox {
		const char *name, *comment;
		const uint8_t *fingerprint, *text;
		size_t size;
	} lockbox[RECIPIENTS_MAX + 1];
	int lockboxes;
	struct sealed digests, file[OWNER_FILES_MAX];
	int files;
	size_t size, files_size;
	uint8_t *files_tree;	/* a copy, from malloc(), where libfdt can read it */
};

/*
 * Read @size bytes that claim to be a blob, and hold them to the format. Returns NULL, or what is
 * wrong with it. The numbers are those of the published ultravisor, which does not check them all.
 */
const char *esm_read(struct esm *esm, const uint8_t *data, size_t size);

/* Open a lockbox: the blob's key, in secret memory, or NULL. */
const uint8_t *esm_unlock(const struct lockbox *box, const br_rsa_private_key *private_key);

/* Open what is sealed, in secret memory; no data where its MAC is wrong. */
struct blob esm_open(const uint8_t key[ESM_KEY_SIZE], const struct sealed *sealed);

/* Read the tree of digests. Returns NULL, or what is wrong with it. */
const char *esm_read_digests(struct digests *digests, const struct blob *tree);

/* AES-256-GCM in place: encrypt, or decrypt and return whether the MAC is right. */
void esm_encrypt(const uint8_t key[ESM_KEY_SIZE], const uint8_t iv[ESM_IV_SIZE], uint8_t *data,
		 size_t size, uint8_t mac[ESM_MAC_SIZE]);
bool esm_decrypt(const uint8_t key[ESM_KEY_SIZE], const uint8_t iv[ESM_IV_SIZE], uint8_t *data,
		 size_t size, const uint8_t mac[ESM_MAC_SIZE]);

/* RSA-OAEP-SHA256 of the blob's key: @to has room for KEY_SIZE_MAX bytes; how many they are. */
size_t esm_wrap(uint8_t *to, const uint8_t key[ESM_KEY_SIZE], const br_rsa_public_key *for_whom);

#endif /* TOOLS_BUNDLE_ESM_H */
