/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a guest what its blob says it is? svm-esm.c svm_esm_blob_chk(). */
#ifndef ULTRAVISOR_ESM_JUDGE_H
#define ULTRAVISOR_ESM_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "ultravisor/esm/blob.h"
#include "ultravisor/esm/find.h"

/* What the owner's blob says, and where it lay. */
struct owners_word {
	bool opened;			/* else there is nothing but this */
	struct found_blob found;
	struct blob_digests digests;
};

/*
 * judge_open() - find the guest's blob and open it, as uv.esm= says. What is in it is kept until
 * files_give() or files_drop().
 *
 * @tree: the guest's, checked by contract_read()
 *
 * Returns NULL, or why the guest must not go secure. Wants the lock.
 */
const char *judge_open(struct owners_word *word, const void *tree);

/*
 * judge_match() - hold memory against a blob that was opened: kernel, initrd and RTAS are in
 * secure memory by now. *matched: all four digests are right.
 *
 * Returns NULL, also where uv.esm= says that it does not matter, or why the guest must not go
 * secure. Wants the lock.
 */
const char *judge_match(const struct owners_word *word, const void *tree, uint64_t kbase,
			bool *matched);

#endif /* ULTRAVISOR_ESM_JUDGE_H */
