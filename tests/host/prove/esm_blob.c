// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: whatever a blob contains: opening it writes nothing outside of its places, and what it
 *     says it found fits into them
 * bounds: none: each look-up in a tree returns anything that it may
 * sources: ultravisor/esm/blob.c ultravisor/esm/sealed.c
 * cbmc: --unwind 2
 */
#include <bearssl_aead.h>
#include <bearssl_block.h>
#include <libfdt.h>

#include "ultravisor/esm/blob.h"
#include "ultravisor/esm/sealed.h"
#include "ultravisor/esm/unwrap.h"
#include "fdt/read.h"
#include "tests/host/prove/prove.h"

static uint8_t value[0x20000];
static struct blob blob;

/* What fdt/read.h promises: a value that lies in the tree, all of it */
const void *dt_get(const void *fdt, int node, const char *name, int *size)
{
	uint32_t bytes = any32();

	(void)fdt;
	(void)name;
	if (node < 0 || bytes > sizeof(value)) {
		if (size)
			*size = -FDT_ERR_NOTFOUND;
		return NULL;
	}
	if (size)
		*size = (int)bytes;
	return value + sizeof(value) - bytes;
}

int dt_find(const void *fdt, const char *path)
{
	(void)fdt;
	(void)path;
	return (int)any32();
}

int dt_check(const void *fdt, uint64_t max)
{
	(void)fdt;
	(void)max;
	return (int)any32();
}

int dt_u32(const void *fdt, int node, const char *name, uint32_t *found)
{
	(void)fdt;
	(void)name;
	*found = any32();
	return node < 0 || any_bool() ? -FDT_ERR_NOTFOUND : 0;
}

const char *esm_unwrap(const uint8_t cipher[ESM_CIPHER_SIZE], uint8_t key[ESM_KEY_SIZE])
{
	claim(__CPROVER_r_ok(cipher, ESM_CIPHER_SIZE) && __CPROVER_w_ok(key, ESM_KEY_SIZE));
	return any_bool() ? "no" : NULL;
}

/* What is copied is of no interest here, but from where, whereto, and how much */
void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	claim(__CPROVER_r_ok(from, size) && __CPROVER_w_ok(to, size));
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	(void)byte;
	claim(__CPROVER_w_ok(to, size));
	return to;
}

void br_aes_ct64_ctr_init(br_aes_ct64_ctr_keys *aes, const void *key, size_t size)
{
	(void)aes;
	claim(__CPROVER_r_ok(key, size) && size == ESM_KEY_SIZE);
}

void br_gcm_init(br_gcm_context *gcm, const br_block_ctr_class **aes, br_ghash hash)
{
	(void)gcm;
	(void)aes;
	(void)hash;
}

void br_gcm_reset(br_gcm_context *gcm, const void *iv, size_t size)
{
	(void)gcm;
	claim(__CPROVER_r_ok(iv, size));
}

void br_gcm_flip(br_gcm_context *gcm)
{
	(void)gcm;
}

void br_gcm_run(br_gcm_context *gcm, int encrypt, void *data, size_t size)
{
	(void)gcm;
	claim(!encrypt && __CPROVER_w_ok(data, size));
}

uint32_t br_gcm_check_tag(br_gcm_context *gcm, const void *tag)
{
	(void)gcm;
	claim(__CPROVER_r_ok(tag, ESM_MAC_SIZE));
	return any_bool();
}

void br_ghash_ctmul64(void *y, const void *h, const void *data, size_t size)
{
	(void)y;
	(void)h;
	(void)data;
	(void)size;
}

int main(void)
{
	struct blob_digests digests;
	const char *why = blob_open(&blob, &digests, value, any64());

	claim(blob.files_size <= ESM_FILES_MAX && blob.digests_size <= ESM_DIGESTS_MAX);
	claim(why || digests.kernel_size > 0);
	return 0;
}
