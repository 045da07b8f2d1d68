// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/measured/tpm2.h"

#include "abi/tpm2.h"
#include "abi/vtpm.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/string.h"

#define COUNT_AT  (TPM2_HEADER + 5)	/* of GetCapability(PCRS): u8 more, u32 capability */
#define AUTH_SIZE 20

/* Commands as bytes. Their size is put in by run(). */
#define U16(value) ((value) >> 8 & 0xff), ((value) & 0xff)
#define U32(value) U16((value) >> 16), U16(value)
#define PLAIN(command) U16(TPM2_ST_NO_SESSIONS), U32(0), U32(command)
/* with a handle whose authority is an empty password: part 1, 19.4; part 2, 10.13.2 */
#define WITH_PASSWORD(command, handle) \
	U16(TPM2_ST_SESSIONS), U32(0), U32(command), U32(handle), U32(9), U32(TPM2_RS_PW), \
		U16(0), 0, U16(0)

static const uint8_t startup[] = { PLAIN(TPM2_CC_STARTUP), U16(0) };	/* TPM_SU_CLEAR */
static const uint8_t self_test[] = { PLAIN(TPM2_CC_SELF_TEST), 1 };	/* full */
static const uint8_t get_pcrs[] = { PLAIN(TPM2_CC_GET_CAPABILITY), U32(TPM2_CAP_PCRS), U32(0),
				    U32(1) };
static const uint8_t get_random[] = { PLAIN(TPM2_CC_GET_RANDOM), U16(AUTH_SIZE) };
static const uint8_t extend[] = { WITH_PASSWORD(TPM2_CC_PCR_EXTEND, 0) };
static const uint8_t change_auth[] = { WITH_PASSWORD(TPM2_CC_HIERARCHY_CHANGE_AUTH,
						     TPM2_RH_PLATFORM), U16(AUTH_SIZE) };

/*
 * Send @command and the @more bytes that are there already behind it, and look at the header of the
 * reply.
 */
static int run(struct tpm2 *tpm, const uint8_t *command, uint32_t size, uint32_t more)
{
	int rc;

	memcpy(tpm->message, command, size);
	tpm->size = size + more;
	be32_store(tpm->message + 2, tpm->size);
	rc = vtpm_transmit(&tpm->vtpm, tpm->message, &tpm->size, TPM2_MESSAGE_MAX);
	if (rc)
		return rc;
	if (tpm->size < TPM2_HEADER || be32_load(tpm->message + 2) != tpm->size)
		return error(E_TPM_REPLY, "%u bytes", tpm->size);
	tpm->code = be32_load(tpm->message + 6);
	return tpm->code ? error(E_TPM_COMMAND, "0x%x -> 0x%x", be32_load(command + 6), tpm->code) :
			   0;
}

int tpm2_start(struct tpm2 *tpm, bool *started)
{
	int rc = run(tpm, startup, sizeof(startup), 0);

	*started = rc == 0;
	if (rc && (rc != E_TPM_COMMAND || tpm->code != TPM2_RC_INITIALIZE))
		return rc;
	return run(tpm, self_test, sizeof(self_test), 0);
}

/*
 * TPML_PCR_SELECTION: u32 count; each u16 algorithm, u8 bytes, as many bytes of bits. A bank
 * without PCR 0 to 7 is not in use.
 */
int tpm2_banks(struct tpm2 *tpm, uint32_t *banks)
{
	const uint8_t *at = tpm->message + COUNT_AT + 4, *end;
	int rc = run(tpm, get_pcrs, sizeof(get_pcrs), 0);
	uint32_t count;

	*banks = 0;
	if (rc)
		return rc;
	end = tpm->message + tpm->size;
	for (count = at <= end ? be32_load(at - 4) : 0; count; count--, at += 3 + at[2]) {
		uint32_t bank;

		if (end - at < 4 || end - at < 3 + at[2])
			return error(E_TPM_REPLY, "banks");
		if (at[2] == 0 || at[3] == 0)
			continue;
		bank = bank_find(be16_load(at));
		if (bank == 0)
			return error(E_TPM_REPLY, "a bank of algorithm 0x%x", be16_load(at));
		*banks |= bank;
	}
	return *banks ? 0 : error(E_TPM_REPLY, "no banks");
}

int tpm2_extend(struct tpm2 *tpm, uint32_t pcr, uint32_t banks, const struct digests *digests)
{
	uint8_t command[sizeof(extend)];

	memcpy(command, extend, sizeof(extend));
	command[TPM2_HEADER + 3] = (uint8_t)pcr;
	return run(tpm, command, sizeof(command),
		   banks_put(tpm->message + sizeof(command), banks, digests, false));
}

int tpm2_lock_platform(struct tpm2 *tpm)
{
	int rc = run(tpm, get_random, sizeof(get_random), 0);

	if (rc)
		return rc;
	if (tpm->size != TPM2_HEADER + 2 + AUTH_SIZE)
		return error(E_TPM_REPLY, "%u bytes", tpm->size);
	memmove(tpm->message + sizeof(change_auth), tpm->message + TPM2_HEADER + 2, AUTH_SIZE);
	rc = run(tpm, change_auth, sizeof(change_auth), AUTH_SIZE);
	secure_zero(tpm->vtpm.buffer, VTPM_PAGE);
	return rc;
}
