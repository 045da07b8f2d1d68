/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in an ESM blob (abi/esm_blob.h), which nobody has vouched for. */
#ifndef ULTRAVISOR_ESM_BLOB_H
#define ULTRAVISOR_ESM_BLOB_H

#include <stdint.h>

#include "abi/esm_blob.h"

/* What an owner has sealed: /digests. */
struct blob_digests {
	uint8_t rtas[ESM_DIGEST_SIZE], kernel[ESM_DIGEST_SIZE];
	uint8_t initrd[ESM_DIGEST_SIZE], bootargs[ESM_DIGEST_SIZE];
	uint32_t kernel_size;
};

/* A blob that has been opened. */
struct blob {
	uint8_t key[ESM_KEY_SIZE];
	uint8_t digests[ESM_DIGESTS_MAX] __attribute__((aligned(8)));	/* their tree */
	uint8_t files[ESM_FILES_MAX] __attribute__((aligned(8)));	/* theirs */
	uint32_t digests_size, files_size;	/* bytes; 0: none */
};

/*
 * blob_open() - take a blob apart, in the order of svm-esm.c svm_esm_blob_chk() and svm-esmb.c
 * svm_esmb_digest_chk(): files, lockbox-1, digests.
 *
 * @data: @size bytes, aligned to 8
 * @blob: all zeros; what was taken out before something failed stays in it
 *
 * Returns NULL, or why it is none. Files are optional; of those that do not fit there are none.
 */
const char *blob_open(struct blob *blob, struct blob_digests *digests, const void *data,
		      uint64_t size);

#endif /* ULTRAVISOR_ESM_BLOB_H */
