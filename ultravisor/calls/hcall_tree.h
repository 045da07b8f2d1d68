/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls that carry a device tree. */
#ifndef ULTRAVISOR_CALLS_HCALL_TREE_H
#define ULTRAVISOR_CALLS_HCALL_TREE_H

#include "ultravisor/calls/handler.h"

hcall_fn serve_cas, serve_update_dt;

#endif /* ULTRAVISOR_CALLS_HCALL_TREE_H */
