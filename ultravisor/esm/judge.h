/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a guest what its blob says it is? svm-esm.c svm_esm_blob_chk(). */
#ifndef ULTRAVISOR_ESM_JUDGE_H
#define ULTRAVISOR_ESM_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/range.h"

struct verdict_on_guest {
	bool matched;			/* all four digests did */
	struct range blob;		/* where it lay */
	uint64_t kernel_size;		/* bytes from kbase on that they cover */
};

/*
 * judge_by_blob() - find the guest's blob, open it, and hold memory against it, as uv.esm= says.
 * What is in it is kept until files_give() or files_drop().
 *
 * @tree: the guest's, checked by contract_read()
 *
 * Returns NULL, or why the guest must not go secure. Wants the lock.
 */
const char *judge_by_blob(struct verdict_on_guest *verdict, const void *tree, uint64_t kbase);

#endif /* ULTRAVISOR_ESM_JUDGE_H */
