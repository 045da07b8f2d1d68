/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of a TPM 2.0 that a firmware needs. */
#ifndef BOOT_MEASURED_TPM2_H
#define BOOT_MEASURED_TPM2_H

#include <stdbool.h>

#include "boot/measured/banks.h"
#include "boot/measured/vtpm.h"

#define TPM2_MESSAGE_MAX 512

struct tpm2 {
	struct vtpm vtpm;
	uint32_t size, code;	/* of the last reply: bytes, TPM2_RC_* */
	uint8_t message[TPM2_MESSAGE_MAX];	/* command, then reply */
};

/*
 * All return 0, E_TPM_COMMAND where the TPM says no, or an error of vtpm_transmit().
 *
 * tpm2_start() - Startup(CLEAR), unless somebody has done it, and SelfTest. @started: it was us
 * tpm2_banks() - which banks are active. Also E_TPM_REPLY, for one that we cannot compute, too
 * tpm2_extend() - PCR_Extend of one register in all @banks
 * tpm2_lock_platform() - HierarchyChangeAuth: nobody has the platform's authority any more
 */
int tpm2_start(struct tpm2 *tpm, bool *started);
int tpm2_banks(struct tpm2 *tpm, uint32_t *banks);
int tpm2_extend(struct tpm2 *tpm, uint32_t pcr, uint32_t banks, const struct digests *digests);
int tpm2_lock_platform(struct tpm2 *tpm);

#endif /* BOOT_MEASURED_TPM2_H */
