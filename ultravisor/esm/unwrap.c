// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/unwrap.h"

#include "lib/string.h"
#include "ultravisor/esm/machine_key.h"
#include "ultravisor/esm/tpm.h"
#include "ultravisor/trial/options.h"

const char *esm_unwrap(const uint8_t cipher[ESM_CIPHER_SIZE], uint8_t key[ESM_KEY_SIZE])
{
	memset(key, 0, ESM_KEY_SIZE);
	if (!machine_key_known() && uv_options.tpm.handle)
		return tpm_unwrap(&uv_options.tpm, cipher, key);
	if (!machine_key_known())
		return "this machine has no key";
	if (!machine_key_unwrap(cipher, key))
		return "lockbox-1 does not open with this machine's key";
	return NULL;
}
