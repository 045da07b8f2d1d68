// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/sealed.h"

#include <bearssl_aead.h>
#include <bearssl_block.h>

#include "fdt/read.h"
#include "lib/string.h"

static bool decrypt(const uint8_t key[ESM_KEY_SIZE], const void *iv, const void *mac, uint8_t *data,
		    uint32_t size)
{
	br_aes_ct64_ctr_keys aes;
	br_gcm_context gcm;
	bool good;

	br_aes_ct64_ctr_init(&aes, key, ESM_KEY_SIZE);
	br_gcm_init(&gcm, &aes.vtable, br_ghash_ctmul64);
	br_gcm_reset(&gcm, iv, ESM_IV_SIZE);
	br_gcm_flip(&gcm);
	br_gcm_run(&gcm, 0, data, size);
	good = br_gcm_check_tag(&gcm, mac) == 1;
	secure_zero(&aes, sizeof(aes));
	secure_zero(&gcm, sizeof(gcm));
	if (!good)
		secure_zero(data, size);
	return good;
}

/* What is not there has a size below 0. */
bool sealed_open(const void *tree, int node, const uint8_t key[ESM_KEY_SIZE], uint8_t *to,
		 uint32_t max, uint32_t *size)
{
	int iv_size, mac_size, data_size;
	const void *iv = dt_get(tree, node, "iv", &iv_size);
	const void *mac = dt_get(tree, node, "mac", &mac_size);
	const void *data = dt_get(tree, node, "ciphertext", &data_size);

	if (!dt_get(tree, node, "algorithm", NULL) || iv_size != ESM_IV_SIZE ||
	    mac_size != ESM_MAC_SIZE || (uint32_t)data_size > max)
		return false;
	memcpy(to, data, (uint32_t)data_size);
	if (!decrypt(key, iv, mac, to, (uint32_t)data_size))
		return false;
	*size = (uint32_t)data_size;
	return true;
}
