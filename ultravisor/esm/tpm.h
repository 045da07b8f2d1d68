/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's key in its TPM, behind the hypervisor: H_TPM_COMM. As open-power/ultravisor does it
 * (svm/svm-tss.c, uv/tssuv.c): the key decrypts for who knows its password, and what it decrypts
 * comes back encrypted. The hypervisor, and whoever else carries the messages, can only refuse.
 */
#ifndef ULTRAVISOR_ESM_TPM_H
#define ULTRAVISOR_ESM_TPM_H

#include "abi/esm_blob.h"
#include "ultravisor/trial/options.h"

/* Say in the log which key it is. */
void tpm_announce(const struct tpm_key *tpm);

/*
 * tpm_unwrap() - as esm_unwrap(), by the key that uv.tpm= names. Says in the log what went wrong.
 * @tpm: what uv.tpm= says
 */
const char *tpm_unwrap(const struct tpm_key *tpm, const uint8_t cipher[ESM_CIPHER_SIZE],
		       uint8_t key[ESM_KEY_SIZE]);

#endif /* ULTRAVISOR_ESM_TPM_H */
