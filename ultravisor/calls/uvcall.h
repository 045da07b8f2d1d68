/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ultracalls: the table is in uvcall.c, UV_ESM in esm.c. */
#ifndef ULTRAVISOR_CALLS_UVCALL_H
#define ULTRAVISOR_CALLS_UVCALL_H

#include <stdint.h>

struct vcpu;

/*
 * Serve the ultracall that the guest has just made by `sc 2` or `sc 1`: number in r3, arguments in
 * r4..r12.
 */
void uvcall_serve(struct vcpu *vcpu);

#endif /* ULTRAVISOR_CALLS_UVCALL_H */
