/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an authorisation session computes, with SHA-256 and AES-128-CFB: TPM 2.0 Library, Part 1, 19
 * (HMACs) and 21 (parameter encryption). The session is neither salted nor bound, so its key is the
 * password of the object; who knows that and listens can read the reply.
 */
#ifndef ULTRAVISOR_ESM_TPM_SESSION_H
#define ULTRAVISOR_ESM_TPM_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TPM_DIGEST_SIZE	 32
#define TPM_NAME_SIZE	 34	/* algorithm, digest */
#define TPM_PASSWORD_MAX 32	/* no longer than the object's digest: Part 1, 19.6.5 */

#define TPM_CONTINUE	 0x01	/* Part 2, 8.4 TPMA_SESSION: continueSession */
#define TPM_ENCRYPT	 0x40	/* encrypt: the first parameter of the reply is encrypted */

struct tpm_session {
	const uint8_t *password;
	size_t password_size;
	uint8_t ours[TPM_DIGEST_SIZE];		/* nonceCaller, the newest */
	uint8_t theirs[TPM_DIGEST_SIZE];	/* nonceTPM, the newest */
	uint32_t handle;
};

/* A new nonceCaller. Returns false if the CPU has no random numbers. */
bool tpm_session_nonce(struct tpm_session *session);

/*
 * The HMAC of a command or reply: @first over @second, each the side that sends and the other.
 * @digest: cpHash or rpHash
 */
void tpm_session_hmac(uint8_t hmac[TPM_DIGEST_SIZE], const struct tpm_session *session,
		      const uint8_t digest[TPM_DIGEST_SIZE], const uint8_t first[TPM_DIGEST_SIZE],
		      const uint8_t second[TPM_DIGEST_SIZE], uint8_t attributes);

/* cpHash of a command on one object: Part 1, 16.7 */
void tpm_command_digest(uint8_t digest[TPM_DIGEST_SIZE], uint32_t code,
			const uint8_t name[TPM_NAME_SIZE], const void *parameters, size_t size);

/* rpHash of a reply that reports success: Part 1, 16.8 */
void tpm_reply_digest(uint8_t digest[TPM_DIGEST_SIZE], uint32_t code, const void *parameters,
		      size_t size);

/* Decrypt the first parameter of a reply, in place. */
void tpm_session_decrypt(const struct tpm_session *session, uint8_t *bytes, size_t size);

#endif /* ULTRAVISOR_ESM_TPM_SESSION_H */
