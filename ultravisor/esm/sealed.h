/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a blob has encrypted: a node with algorithm, iv, mac and ciphertext. */
#ifndef ULTRAVISOR_ESM_SEALED_H
#define ULTRAVISOR_ESM_SEALED_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/esm_blob.h"

/*
 * sealed_open() - decrypt the node @node of @tree, a tree that is sound and not to be trusted:
 * AES-256-GCM, no associated data (svm-esmb.c svm_esmb_file_get()).
 *
 * @to: room for @max bytes, of which *@size are the result; zeros if it fails
 *
 * Returns false unless all four are there, have the right sizes, and the MAC is that of the key.
 */
bool sealed_open(const void *tree, int node, const uint8_t key[ESM_KEY_SIZE], uint8_t *to,
		 uint32_t max, uint32_t *size);

#endif /* ULTRAVISOR_ESM_SEALED_H */
