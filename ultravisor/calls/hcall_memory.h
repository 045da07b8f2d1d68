/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls that name memory. */
#ifndef ULTRAVISOR_CALLS_HCALL_MEMORY_H
#define ULTRAVISOR_CALLS_HCALL_MEMORY_H

#include "ultravisor/calls/handler.h"

hcall_fn serve_page_init, serve_ci_load, serve_ci_store, serve_cache_load, serve_cache_store,
	serve_memop, serve_put_tce, serve_stuff_tce, serve_put_tce_indirect;

#endif /* ULTRAVISOR_CALLS_HCALL_MEMORY_H */
