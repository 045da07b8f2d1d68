/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Areas that the guest registers for its CPUs with H_REGISTER_VPA. QEMU reads and writes them in
 * normal memory, so it is told only of those in shared frames, and only for as long as they are
 * shared.
 */
#ifndef ULTRAVISOR_CALLS_VPA_H
#define ULTRAVISOR_CALLS_VPA_H

#include "ultravisor/calls/handler.h"

/*
 * Frame @gfn is about to be unshared: deregister all areas of each CPU that has one in it. QEMU's
 * last writes to them are done by the end of the next smp_shootdown(). Wants the lock.
 */
void vpa_forget(uint64_t gfn);

/* H_REGISTER_VPA */
hcall_fn serve_register_vpa;

#endif /* ULTRAVISOR_CALLS_VPA_H */
