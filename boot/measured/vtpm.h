/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The transport to a TPM: one command after the other over a PAPR queue, in real mode, through the
 * device's own DMA window. What the TPM answers is the host's.
 */
#ifndef BOOT_MEASURED_VTPM_H
#define BOOT_MEASURED_VTPM_H

#include <stdint.h>

#define VTPM_PAGE   4096UL
#define VTPM_MEMORY (2 * VTPM_PAGE)	/* queue and buffer */

struct vtpm {
	uint32_t unit, liobn;	/* unit address; its DMA window */
	uint8_t *queue, *buffer;
	uint32_t slot;		/* of the queue, where the next answer appears */
};

/*
 * vtpm_open() - register a queue and ask for its buffer.
 * @memory: VTPM_MEMORY bytes, a page aligned, the device's until vtpm_close()
 * Returns 0, E_TPM_QUEUE, E_TPM_TIMEOUT or E_TPM_REPLY; then it is closed.
 */
int vtpm_open(struct vtpm *vtpm, uint32_t unit, uint32_t liobn, void *memory);

/*
 * vtpm_transmit() - send the command in @message, and wait for the reply, which replaces it.
 * @size: bytes of the command, then of the reply   @most: bytes that @message has room for
 * Returns 0, E_TPM_QUEUE, E_TPM_TIMEOUT or E_TPM_REPLY.
 */
int vtpm_transmit(struct vtpm *vtpm, uint8_t *message, uint32_t *size, uint32_t most);

/* The device reaches no memory any more. */
void vtpm_close(struct vtpm *vtpm);

#endif /* BOOT_MEASURED_VTPM_H */
