/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a guest's blob is: svm-esm.c svm_esm_esmb_get(). */
#ifndef ULTRAVISOR_ESM_FIND_H
#define ULTRAVISOR_ESM_FIND_H

#include <stdbool.h>

#include "abi/esm_blob.h"
#include "lib/range.h"

struct found_blob {
	struct range place;		/* in the guest's memory; empty: there is none */
	bool in_initrd;			/* or named by /chosen */
	struct range initrd;		/* without the archive that the blob came in */
};

/*
 * find_blob() - look for what /chosen/linux,esm-blob-start and -end name, then for an archive in
 * front of the initrd, and copy it.
 *
 * @tree: the guest's, checked by contract_read()
 * @copy: room for ESM_BLOB_BLOCK bytes, aligned to 8
 *
 * Returns NULL, also without a blob, or what is wrong with its place. Wants the lock.
 */
const char *find_blob(struct found_blob *found, const void *tree, uint8_t *copy);

#endif /* ULTRAVISOR_ESM_FIND_H */
