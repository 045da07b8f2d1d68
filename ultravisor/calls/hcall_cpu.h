/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls about the guest's CPUs. */
#ifndef ULTRAVISOR_CALLS_HCALL_CPU_H
#define ULTRAVISOR_CALLS_HCALL_CPU_H

#include "ultravisor/calls/handler.h"

hcall_fn serve_cede, serve_set_sprg0, serve_set_mode, serve_register_proc_tbl, serve_random;

#endif /* ULTRAVISOR_CALLS_HCALL_CPU_H */
