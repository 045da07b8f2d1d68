/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command to a TPM, or its reply: TPM 2.0 Library, Part 1, 18 (command and response structure).
 * All numbers are big-endian. Both lie in one buffer, as in the real ultravisor (svm-tss.c).
 */
#ifndef ULTRAVISOR_ESM_TPM_FRAME_H
#define ULTRAVISOR_ESM_TPM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/tpm2.h"

#define TPM_FRAME_MAX  4096	/* TPM_SPAPR_BUFSIZE; QEMU hw/ppc/spapr_tpm_proxy.c */

struct tpm_frame {
	uint8_t bytes[TPM_FRAME_MAX];
	uint32_t size;		/* of what is in it */
	uint32_t at;		/* what has been taken */
	bool ended;		/* something was taken that is not there */
};

/* Begin a command; its size is set when it is sent. */
void tpm_begin(struct tpm_frame *frame, uint16_t tag, uint32_t code);

/* Go on. What does not fit is a bug: commands have fixed sizes. */
void tpm_put(struct tpm_frame *frame, const void *bytes, uint32_t size);
void tpm_put16(struct tpm_frame *frame, uint16_t value);
void tpm_put32(struct tpm_frame *frame, uint32_t value);

/* A TPM2B: the size in 16 bits, then the bytes. */
void tpm_put_sized(struct tpm_frame *frame, const void *bytes, uint16_t size);

/*
 * The next @size bytes of a reply; 32 bits of it. NULL and 0 once the reply has ended, and then
 * ever after: @ended need be looked at only when all has been taken.
 */
const uint8_t *tpm_take(struct tpm_frame *frame, uint32_t size);
uint32_t tpm_take32(struct tpm_frame *frame);

/* A TPM2B, of exactly @size bytes; any other size ends the reply. */
const uint8_t *tpm_take_sized(struct tpm_frame *frame, uint16_t size);

/* One of any size, which is @size. */
const uint8_t *tpm_take_any(struct tpm_frame *frame, uint16_t *size);

/* Was everything there, and is nothing left? */
bool tpm_is_whole(const struct tpm_frame *frame);

#endif /* ULTRAVISOR_ESM_TPM_FRAME_H */
