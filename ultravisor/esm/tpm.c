// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/tpm.h"

#include "lib/endian.h"
#include "lib/log.h"
#include "lib/string.h"
#include "ultravisor/esm/tpm_comm.h"
#include "ultravisor/esm/tpm_session.h"

/* TPM 2.0 Library, Part 2: 6.3 TPM_ALG, 6.12 TPM_SE, 7.4 TPM_RH */
#define TPM_ALG_AES	0x0006
#define TPM_ALG_SHA256	0x000b
#define TPM_ALG_NULL	0x0010
#define TPM_ALG_CFB	0x0043
#define TPM_SE_POLICY	0x01
#define TPM_RH_NULL	0x40000007

/* One dialogue; everything in it is this big, so it is not on the stack. */
struct talk {
	const struct tpm_key *tpm;
	struct tpm_session session;
	struct tpm_frame frame;
};

/* Part 3, 12.4: public area, its Name, the qualified one. Has the TPM the key that is meant? */
static bool read_public(struct talk *talk)
{
	static const char step[] = "ReadPublic";
	struct tpm_frame *frame = &talk->frame;
	uint16_t size;
	const uint8_t *name;

	tpm_begin(frame, TPM2_ST_NO_SESSIONS, TPM2_CC_READ_PUBLIC);
	tpm_put32(frame, talk->tpm->handle);
	if (!tpm_exchange(frame, step, TPM2_ST_NO_SESSIONS))
		return false;
	tpm_take_any(frame, &size);
	name = tpm_take_sized(frame, TPM_NAME_SIZE);
	tpm_take_sized(frame, TPM_NAME_SIZE);
	if (!tpm_is_whole(frame))
		return tpm_refuse(step, "its parts do not fit");
	if (memcmp(name, talk->tpm->name, TPM_NAME_SIZE) != 0)
		return tpm_refuse(step, "another key than uv.tpm= names");
	return true;
}

/* Part 3, 11.1: a policy session, neither salted nor bound, for replies in AES-128-CFB */
static bool start_session(struct talk *talk)
{
	static const char step[] = "StartAuthSession";
	struct tpm_session *session = &talk->session;
	struct tpm_frame *frame = &talk->frame;
	const uint8_t *nonce;

	if (!tpm_session_nonce(session))
		return tpm_refuse(step, "this CPU has no random numbers");
	tpm_begin(frame, TPM2_ST_NO_SESSIONS, TPM2_CC_START_AUTH_SESSION);
	tpm_put32(frame, TPM_RH_NULL);
	tpm_put32(frame, TPM_RH_NULL);
	tpm_put_sized(frame, session->ours, sizeof(session->ours));
	tpm_put16(frame, 0);
	tpm_put(frame, &(const uint8_t){ TPM_SE_POLICY }, 1);
	tpm_put16(frame, TPM_ALG_AES);
	tpm_put16(frame, 128);
	tpm_put16(frame, TPM_ALG_CFB);
	tpm_put16(frame, TPM_ALG_SHA256);
	if (!tpm_exchange(frame, step, TPM2_ST_NO_SESSIONS))
		return false;
	session->handle = tpm_take32(frame);
	nonce = tpm_take_sized(frame, sizeof(session->theirs));
	if (!tpm_is_whole(frame))
		return tpm_refuse(step, "its parts do not fit");
	memcpy(session->theirs, nonce, sizeof(session->theirs));
	return true;
}

static void begin_policy(struct talk *talk, uint32_t code)
{
	tpm_begin(&talk->frame, TPM2_ST_NO_SESSIONS, code);
	tpm_put32(&talk->frame, talk->session.handle);
}

static bool end_policy(struct talk *talk, const char *step)
{
	if (!tpm_exchange(&talk->frame, step, TPM2_ST_NO_SESSIONS))
		return false;
	return tpm_is_whole(&talk->frame) || tpm_refuse(step, "it is too long");
}

/* Part 3, 23.11: branch A of the key's policy is for this command */
static bool limit_command(struct talk *talk)
{
	begin_policy(talk, TPM2_CC_POLICY_COMMAND_CODE);
	tpm_put32(&talk->frame, TPM2_CC_RSA_DECRYPT);
	return end_policy(talk, "PolicyCommandCode");
}

/* Part 3, 23.17: and for who knows the password */
static bool promise_password(struct talk *talk)
{
	begin_policy(talk, TPM2_CC_POLICY_AUTH_VALUE);
	return end_policy(talk, "PolicyAuthValue");
}

/* Part 3, 23.6: A is one of two */
static bool join_branches(struct talk *talk)
{
	begin_policy(talk, TPM2_CC_POLICY_OR);
	tpm_put32(&talk->frame, 2);
	tpm_put_sized(&talk->frame, talk->tpm->policy[0], TPM_DIGEST_SIZE);
	tpm_put_sized(&talk->frame, talk->tpm->policy[1], TPM_DIGEST_SIZE);
	return end_policy(talk, "PolicyOR");
}

/* The one session of a command: its handle, our nonce, attributes, HMAC (Part 1, 18.6) */
static void put_session(struct talk *talk, const uint8_t hmac[TPM_DIGEST_SIZE])
{
	struct tpm_frame *frame = &talk->frame;
	uint8_t attributes = TPM_CONTINUE | TPM_ENCRYPT;

	tpm_put32(frame, 4 + 2 + TPM_DIGEST_SIZE + 1 + 2 + TPM_DIGEST_SIZE);
	tpm_put32(frame, talk->session.handle);
	tpm_put_sized(frame, talk->session.ours, TPM_DIGEST_SIZE);
	tpm_put(frame, &attributes, sizeof(attributes));
	tpm_put_sized(frame, hmac, TPM_DIGEST_SIZE);
}

/* Part 3, 14.3: scheme and label are those of the key, and none */
static bool send_decrypt(struct talk *talk, const char *step, const uint8_t cipher[ESM_CIPHER_SIZE])
{
	struct tpm_session *session = &talk->session;
	struct tpm_frame *frame = &talk->frame;
	uint8_t parameters[2 + ESM_CIPHER_SIZE + 2 + 2] = { 0 };
	uint8_t digest[TPM_DIGEST_SIZE], hmac[TPM_DIGEST_SIZE];

	be16_store(parameters, ESM_CIPHER_SIZE);
	memcpy(parameters + 2, cipher, ESM_CIPHER_SIZE);
	be16_store(parameters + 2 + ESM_CIPHER_SIZE, TPM_ALG_NULL);
	if (!tpm_session_nonce(session))
		return tpm_refuse(step, "this CPU has no random numbers");
	tpm_command_digest(digest, TPM2_CC_RSA_DECRYPT, talk->tpm->name, parameters,
			   sizeof(parameters));
	tpm_session_hmac(hmac, session, digest, session->ours, session->theirs,
			 TPM_CONTINUE | TPM_ENCRYPT);
	tpm_begin(frame, TPM2_ST_SESSIONS, TPM2_CC_RSA_DECRYPT);
	tpm_put32(frame, talk->tpm->handle);
	put_session(talk, hmac);
	tpm_put(frame, parameters, sizeof(parameters));
	return tpm_exchange(frame, step, TPM2_ST_SESSIONS);
}

/* The reply: size of the parameters, these, and the session's nonce, attributes and HMAC */
static bool take_decrypted(struct talk *talk, const char *step, uint8_t key[ESM_KEY_SIZE])
{
	struct tpm_session *session = &talk->session;
	struct tpm_frame *frame = &talk->frame;
	uint8_t digest[TPM_DIGEST_SIZE], expected[TPM_DIGEST_SIZE];
	uint32_t size = tpm_take32(frame);
	const uint8_t *parameters = frame->bytes + frame->at;
	const uint8_t *secret = tpm_take_sized(frame, ESM_KEY_SIZE);
	const uint8_t *nonce = tpm_take_sized(frame, TPM_DIGEST_SIZE);
	const uint8_t *attributes = tpm_take(frame, 1);
	const uint8_t *hmac = tpm_take_sized(frame, TPM_DIGEST_SIZE);

	if (!tpm_is_whole(frame) || size != 2 + ESM_KEY_SIZE)
		return tpm_refuse(step, "its parts do not fit");
	memcpy(session->theirs, nonce, TPM_DIGEST_SIZE);
	tpm_reply_digest(digest, TPM2_CC_RSA_DECRYPT, parameters, size);
	tpm_session_hmac(expected, session, digest, session->theirs, session->ours, *attributes);
	if (memcmp(hmac, expected, sizeof(expected)) != 0)
		return tpm_refuse(step, "its HMAC is wrong");
	if (*attributes != (TPM_CONTINUE | TPM_ENCRYPT))
		return tpm_refuse(step, "it is not encrypted");
	memcpy(key, secret, ESM_KEY_SIZE);
	tpm_session_decrypt(session, key, ESM_KEY_SIZE);
	return true;
}

static bool decrypt(struct talk *talk, const uint8_t cipher[ESM_CIPHER_SIZE],
		    uint8_t key[ESM_KEY_SIZE])
{
	static const char step[] = "RSA_Decrypt";

	return send_decrypt(talk, step, cipher) && take_decrypted(talk, step, key);
}

/* Part 3, 28.4. A TPM has few sessions, and keeps them until they are flushed. */
static void flush_session(struct talk *talk)
{
	begin_policy(talk, TPM2_CC_FLUSH_CONTEXT);
	end_policy(talk, "FlushContext");
}

void tpm_announce(const struct tpm_key *tpm)
{
	const uint8_t *digest = tpm->name + 2;

	log_notice("key=tpm handle=0x%x name=%04x%016lx%016lx%016lx%016lx", tpm->handle,
		   be16_load(tpm->name), be64_load(digest), be64_load(digest + 8),
		   be64_load(digest + 16), be64_load(digest + 24));
}

const char *tpm_unwrap(const struct tpm_key *tpm, const uint8_t cipher[ESM_CIPHER_SIZE],
		       uint8_t key[ESM_KEY_SIZE])
{
	static struct talk talk;
	bool opened = false;

	memset(key, 0, ESM_KEY_SIZE);
	talk.tpm = tpm;
	talk.session.password = tpm->password;
	talk.session.password_size = tpm->password_size;
	if (read_public(&talk) && start_session(&talk)) {
		opened = limit_command(&talk) && promise_password(&talk) && join_branches(&talk) &&
			 decrypt(&talk, cipher, key);
		flush_session(&talk);
	}
	tpm_close();
	secure_zero(&talk, sizeof(talk));
	return opened ? NULL : "the machine's TPM does not open lockbox-1";
}
