// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/tpm_session.h"

#include <bearssl_block.h>
#include <bearssl_hash.h>
#include <bearssl_hmac.h>

#include "lib/endian.h"
#include "lib/random.h"
#include "lib/string.h"

#define BLOCK 16			/* of AES; and its key */

bool tpm_session_nonce(struct tpm_session *session)
{
	return random_fill(session->ours, sizeof(session->ours));
}

static void begin_hmac(br_hmac_context *hmac, const struct tpm_session *session)
{
	br_hmac_key_context key;

	br_hmac_key_init(&key, &br_sha256_vtable, session->password, session->password_size);
	br_hmac_init(hmac, &key, 0);
	secure_zero(&key, sizeof(key));
}

void tpm_session_hmac(uint8_t hmac[TPM_DIGEST_SIZE], const struct tpm_session *session,
		      const uint8_t digest[TPM_DIGEST_SIZE], const uint8_t first[TPM_DIGEST_SIZE],
		      const uint8_t second[TPM_DIGEST_SIZE], uint8_t attributes)
{
	br_hmac_context context;

	begin_hmac(&context, session);
	br_hmac_update(&context, digest, TPM_DIGEST_SIZE);
	br_hmac_update(&context, first, TPM_DIGEST_SIZE);
	br_hmac_update(&context, second, TPM_DIGEST_SIZE);
	br_hmac_update(&context, &attributes, sizeof(attributes));
	br_hmac_out(&context, hmac);
}

void tpm_command_digest(uint8_t digest[TPM_DIGEST_SIZE], uint32_t code,
			const uint8_t name[TPM_NAME_SIZE], const void *parameters, size_t size)
{
	be32 number = be32_make(code);
	br_sha256_context sha;

	br_sha256_init(&sha);
	br_sha256_update(&sha, &number, sizeof(number));
	br_sha256_update(&sha, name, TPM_NAME_SIZE);
	br_sha256_update(&sha, parameters, size);
	br_sha256_out(&sha, digest);
}

void tpm_reply_digest(uint8_t digest[TPM_DIGEST_SIZE], uint32_t code, const void *parameters,
		      size_t size)
{
	be32 numbers[2] = { be32_make(0), be32_make(code) };	/* TPM_RC_SUCCESS */
	br_sha256_context sha;

	br_sha256_init(&sha);
	br_sha256_update(&sha, numbers, sizeof(numbers));
	br_sha256_update(&sha, parameters, size);
	br_sha256_out(&sha, digest);
}

/* KDFa (Part 1, 11.4.10.2) for one block of HMAC: 256 bits */
struct derived {
	uint8_t key[BLOCK], iv[BLOCK];
};
_Static_assert(sizeof(struct derived) == br_sha256_SIZE, "one HMAC");

static void derive_key(struct derived *derived, const struct tpm_session *session)
{
	static const uint8_t counter_and_label[] = { 0, 0, 0, 1, 'C', 'F', 'B', 0 };
	static const uint8_t bits[] = { 0, 0, 1, 0 };
	br_hmac_context context;

	begin_hmac(&context, session);
	br_hmac_update(&context, counter_and_label, sizeof(counter_and_label));
	br_hmac_update(&context, session->theirs, sizeof(session->theirs));
	br_hmac_update(&context, session->ours, sizeof(session->ours));
	br_hmac_update(&context, bits, sizeof(bits));
	br_hmac_out(&context, derived);
}

/*
 * CFB: each block is XORed with the encryption of the block of ciphertext before it. BearSSL's
 * counter mode encrypts a block (12 bytes and a counter) and XORs: just that, for one block.
 */
void tpm_session_decrypt(const struct tpm_session *session, uint8_t *bytes, size_t size)
{
	uint8_t before[BLOCK], next[BLOCK];
	struct derived derived;
	br_aes_ct64_ctr_keys aes;

	derive_key(&derived, session);
	br_aes_ct64_ctr_init(&aes, derived.key, BLOCK);
	memcpy(before, derived.iv, BLOCK);
	for (size_t part; size; size -= part, bytes += part) {
		part = size < BLOCK ? size : BLOCK;
		memcpy(next, bytes, part);
		br_aes_ct64_ctr_run(&aes, before, be32_load(before + 12), bytes, part);
		memcpy(before, next, part);
	}
	secure_zero(&derived, sizeof(derived));
	secure_zero(&aes, sizeof(aes));
}
