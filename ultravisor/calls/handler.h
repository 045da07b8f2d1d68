/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types of handlers of calls. Each file declares its handlers; hcalls.c and uvcall.c list them.
 */
#ifndef ULTRAVISOR_CALLS_HANDLER_H
#define ULTRAVISOR_CALLS_HANDLER_H

#include <stdint.h>

struct vcpu;

/*
 * A hypercall. @r: r4..r12 as r[0]..r[8], in and out. Returns r3. The lock is held, except for
 * those marked ALONE in the table.
 */
typedef int64_t hcall_fn(struct vcpu *vcpu, uint64_t *r);

/* An ultracall, its arguments in r4..r12. The lock is held. Returns U_* for r3, or UV_ENTERED. */
typedef int64_t uvcall_fn(struct vcpu *vcpu);

/* The guest goes on elsewhere: r3 is not a code then. */
#define UV_ENTERED INT64_MAX

/* What a trace calls it: @known, or "0x..." in @text if that is NULL or "?". */
#define CALL_NAME 20
const char *call_name(char text[CALL_NAME], const char *known, uint64_t number);

#endif /* ULTRAVISOR_CALLS_HANDLER_H */
