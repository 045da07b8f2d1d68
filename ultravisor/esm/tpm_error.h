/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a TPM's response codes mean for who wants to open a blob: TPM 2.0 Library, Part 2, 6.6. */
#ifndef ULTRAVISOR_ESM_TPM_ERROR_H
#define ULTRAVISOR_ESM_TPM_ERROR_H

#include <stdint.h>

struct tpm_error {
	uint16_t code;		/* without the number of handle, session or parameter */
	char word[24], hint[80];
};

/* Never NULL: for others, "?" and what to do in general. */
const struct tpm_error *tpm_error(uint32_t code);

#endif /* ULTRAVISOR_ESM_TPM_ERROR_H */
