/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypercall: the one `sc 1` of the tree (lib/hcall.S), a seam that host tests replace.
 * Registers: PAPR, LoPAR section 14.5.1.
 */
#ifndef LIB_HCALL_H
#define LIB_HCALL_H

#include <stdint.h>

#define HCALL_REGS 9	/* r4..r12 */

/*
 * hcall() - call the hypervisor.
 * @number: H_* or KVMPPC_H_* (r3)
 * @in:     r4..r12
 * @out:    r4..r12 as they come back, or NULL
 * Returns r3, an H_* code.
 */
int64_t hcall(uint64_t number, const uint64_t in[HCALL_REGS], uint64_t out[HCALL_REGS]);

/* HCALL(H_CEDE), HCALL(H_PUT_TCE, liobn, ioba, tce): when only the code matters */
#define HCALL(number, ...) hcall((number), (const uint64_t[HCALL_REGS]){ __VA_ARGS__ }, NULL)

#endif /* LIB_HCALL_H */
