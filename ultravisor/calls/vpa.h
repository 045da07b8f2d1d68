/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Areas that the guest's CPUs have registered with H_REGISTER_VPA. QEMU reads and writes them in normal
 * memory, so only those in shared frames are made known to it, and only as long as they are shared.
 */
#ifndef ULTRAVISOR_CALLS_VPA_H
#define ULTRAVISOR_CALLS_VPA_H

#include "ultravisor/calls/handler.h"

/*
 * Frame @gfn is about to be taken back: QEMU forgets all areas of each CPU that has one in it. What it
 * was writing meanwhile is there after the next smp_shootdown() at the latest. Wants the lock.
 */
void vpa_forget(uint64_t gfn);

/* H_REGISTER_VPA */
hcall_fn serve_register_vpa;

#endif /* ULTRAVISOR_CALLS_VPA_H */
