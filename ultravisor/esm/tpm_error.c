// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/tpm_error.h"

#include <stddef.h>

#define FORMAT_ONE 0x80		/* RC_FMT1: bits 0-5 the error, 6 a parameter, 8-11 its number */

/* Texts in place: pointers would need relocations. */
static const struct tpm_error known[] = {
	{ 0x081, "TPM_RC_ASYMMETRIC", "this TPM has no RSA: another one is meant" },
	{ 0x084, "TPM_RC_VALUE",
	  "RSA_Decrypt: not encrypted to this TPM's key; PolicyOR: not policy A of uv.tpm=" },
	{ 0x08b, "TPM_RC_HANDLE", "the TPM has no key at the handle of uv.tpm=" },
	{ 0x08e, "TPM_RC_AUTH_FAIL", "the password of uv.tpm= is wrong" },
	{ 0x092, "TPM_RC_SCHEME", "the key has another scheme than OAEP with SHA-256" },
	{ 0x095, "TPM_RC_SIZE", "the key is not RSA-2048" },
	{ 0x09d, "TPM_RC_POLICY_FAIL", "the key's policy is not PolicyOR(A, B) of uv.tpm=" },
	{ 0x0a2, "TPM_RC_BAD_AUTH", "the password of uv.tpm= is wrong" },
	{ 0x100, "TPM_RC_INITIALIZE", "nobody has sent TPM2_Startup: the firmware's task" },
	{ 0x101, "TPM_RC_FAILURE",
	  "swtpm's RSA_Decrypt: not encrypted to its key; else the TPM is in failure mode" },
	{ 0x120, "TPM_RC_DISABLED", "the TPM is disabled" },
	{ 0x142, "TPM_RC_COMMAND_SIZE", "the command was cut on its way to the TPM" },
	{ 0x143, "TPM_RC_COMMAND_CODE", "the TPM does not know this command" },
	{ 0x902, "TPM_RC_OBJECT_MEMORY", "flush what others have left in the TPM" },
	{ 0x903, "TPM_RC_SESSION_MEMORY", "flush what others have left in the TPM" },
	{ 0x905, "TPM_RC_SESSION_HANDLES", "flush what others have left in the TPM" },
	{ 0x90a, "TPM_RC_TESTING", "the TPM tests itself: try again" },
	{ 0x921, "TPM_RC_LOCKOUT", "too many wrong passwords: wait, or reset the lockout" },
	{ 0x922, "TPM_RC_RETRY", "the TPM was busy: try again" },
	{ 0, "?", "look the code up: tpm2 rc_decode" },
};

const struct tpm_error *tpm_error(uint32_t code)
{
	const struct tpm_error *error = known;
	uint32_t bare = code & FORMAT_ONE ? code & 0xbf : code;

	while (error->code && error->code != bare)
		error++;
	return error;
}
