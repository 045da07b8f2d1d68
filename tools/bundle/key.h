/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RSA keys from PEM files. */
#ifndef TOOLS_BUNDLE_KEY_H
#define TOOLS_BUNDLE_KEY_H

#include <bearssl_rsa.h>

#include "abi/esm_blob.h"
#include "tools/bundle/tool.h"

#define KEY_SIZE_MAX	512		/* bytes: RSA-4096, what BearSSL computes with */
#define KEY_COMMENT_MAX 63

/* Whom something is sealed for. */
struct recipient {
	uint8_t fingerprint[ESM_FINGERPRINT_SIZE];	/* SHA-256 of the file's bytes */
	char comment[KEY_COMMENT_MAX + 1];		/* the file's name, without folders */
	br_rsa_public_key key;
};

/* From a file with a public key or a certificate; leaves with an error. */
void read_recipient(struct recipient *recipient, const char *path);

/* A private key (PKCS#1 or PKCS#8, not encrypted; a path or fd:N), in secret memory. */
void read_private_key(br_rsa_private_key *key, const char *source);

#endif /* TOOLS_BUNDLE_KEY_H */
