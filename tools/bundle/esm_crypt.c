// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys and expanded keys are in secret memory only. */
#include <bearssl.h>
#include <string.h>

#include "tools/bundle/esm.h"
#include "tools/bundle/secret.h"

struct cipher {
	br_aes_ct64_ctr_keys keys;
	br_gcm_context gcm;
};

static br_gcm_context *run(const uint8_t *key, const uint8_t *iv, uint8_t *data, size_t size,
			   int encrypt)
{
	static struct cipher *cipher;

	if (!cipher)
		cipher = secret_alloc(sizeof(*cipher));
	br_aes_ct64_ctr_init(&cipher->keys, key, ESM_KEY_SIZE);
	br_gcm_init(&cipher->gcm, &cipher->keys.vtable, br_ghash_ctmul64);
	br_gcm_reset(&cipher->gcm, iv, ESM_IV_SIZE);
	br_gcm_flip(&cipher->gcm);
	br_gcm_run(&cipher->gcm, encrypt, data, size);
	secret_wipe_stack();
	return &cipher->gcm;
}

void esm_encrypt(const uint8_t key[ESM_KEY_SIZE], const uint8_t iv[ESM_IV_SIZE], uint8_t *data,
		 size_t size, uint8_t mac[ESM_MAC_SIZE])
{
	br_gcm_get_tag(run(key, iv, data, size, 1), mac);
}

bool esm_decrypt(const uint8_t key[ESM_KEY_SIZE], const uint8_t iv[ESM_IV_SIZE], uint8_t *data,
		 size_t size, const uint8_t mac[ESM_MAC_SIZE])
{
	return br_gcm_check_tag(run(key, iv, data, size, 0), mac);
}

static void generate(const br_prng_class **context, void *to, size_t size)
{
	(void)context;
	random_bytes(to, size);
}

size_t esm_wrap(uint8_t *to, const uint8_t key[ESM_KEY_SIZE], const br_rsa_public_key *for_whom)
{
	static const br_prng_class kernels_random = { .generate = generate };
	const br_prng_class *random = &kernels_random;
	size_t size = br_rsa_i31_oaep_encrypt(&random, &br_sha256_vtable, NULL, 0, for_whom, to,
					      KEY_SIZE_MAX, key, ESM_KEY_SIZE);

	secret_wipe_stack();
	return size;
}

const uint8_t *esm_unlock(const struct lockbox *box, const br_rsa_private_key *private_key)
{
	uint8_t *key = secret_alloc(KEY_SIZE_MAX);
	size_t size = box->size;
	uint32_t good;

	memcpy(key, box->text, size);
	good = br_rsa_i31_oaep_decrypt(&br_sha256_vtable, NULL, 0, private_key, key, &size);
	secret_wipe_stack();
	return good && size == ESM_KEY_SIZE ? key : NULL;
}

struct blob esm_open(const uint8_t key[ESM_KEY_SIZE], const struct sealed *sealed)
{
	struct blob open = { secret_alloc(sealed->size), sealed->size };

	memcpy(open.data, sealed->text, sealed->size);
	if (!esm_decrypt(key, sealed->iv, open.data, open.size, sealed->mac))
		open = (struct blob){ NULL, 0 };
	return open;
}
