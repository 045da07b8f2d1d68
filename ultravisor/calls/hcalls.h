/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's hypercalls: what the table in hcalls.c does not list is refused. */
#ifndef ULTRAVISOR_CALLS_HCALLS_H
#define ULTRAVISOR_CALLS_HCALLS_H

#include <stdint.h>

struct vcpu;

/* Serve the `sc 1` that the guest has just executed: number in r3, arguments in r4..r12. */
void hcall_serve(struct vcpu *vcpu);

/* The name of a hypercall of the table, or NULL. */
const char *hcall_name(uint64_t number);

#endif /* ULTRAVISOR_CALLS_HCALLS_H */
