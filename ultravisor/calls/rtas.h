/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run-time services of the guest: the table is in rtas.c. */
#ifndef ULTRAVISOR_CALLS_RTAS_H
#define ULTRAVISOR_CALLS_RTAS_H

#include "ultravisor/calls/handler.h"

/* Serve a call of the guest. */
hcall_fn serve_rtas;

/* Learn the tokens of the services from QEMU's tree. */
void rtas_read_tokens(const void *tree);

/*
 * From now on the guest calls by the tokens of this tree, as UV_ESM was given it:
 * open-power/ultravisor svm/svm-rtas.c
 */
void rtas_take_guest_tokens(const void *tree);

/* QEMU's token of a service of the table, or 0. */
uint32_t rtas_token(const char *name);

/* Read up to @size bytes of NVRAM at @offset. Returns how many were read. */
uint32_t rtas_nvram_read(uint32_t offset, void *to, uint32_t size);

/*
 * End the guest with ibm,os-term and a text, as the real ultravisor does; @number (E_UV_*) and @why
 * are for our own log.
 */
_Noreturn void rtas_terminate(const char *text, int number, const char *why);

#endif /* ULTRAVISOR_CALLS_RTAS_H */
