/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One command to the TPM and its reply: H_TPM_COMM to QEMU's spapr-tpm-proxy. */
#ifndef ULTRAVISOR_ESM_TPM_COMM_H
#define ULTRAVISOR_ESM_TPM_COMM_H

#include <stdbool.h>
#include <stdint.h>

#include "ultravisor/esm/tpm_frame.h"

/*
 * tpm_exchange() - send the command in @frame; the reply takes its place, its header taken already.
 * @step: the command's name, for the log
 * @tag: what the reply has to begin with
 *
 * Returns true for a whole reply that reports success; what else happens is in the log.
 */
bool tpm_exchange(struct tpm_frame *frame, const char *step, uint16_t tag);

/* Say in the log what is wrong with the reply to @step; returns false. */
bool tpm_refuse(const char *step, const char *why);

/* The TPM is not needed any more. */
void tpm_close(void);

#endif /* ULTRAVISOR_ESM_TPM_COMM_H */
