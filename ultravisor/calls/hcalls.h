/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's hypercalls: served by the table in hcalls.c, all others are refused. */
#ifndef ULTRAVISOR_CALLS_HCALLS_H
#define ULTRAVISOR_CALLS_HCALLS_H

#include <stdint.h>

struct vcpu;

/* Serve the `sc 1` that the guest has just executed: number in r3, arguments in r4..r12. */
void hcall_served(struct vcpu *vcpu);

/* The name of a hypercall of the table, or NULL. */
const char *hcall_name(uint64_t number);

/*
 * A served call. @r: r4..r12 as r[0]..r[8], in and out. Returns r3. The lock is held, except for
 * those marked ALONE in the table.
 */
typedef int64_t hcall_fn(struct vcpu *vcpu, uint64_t *r);

/* memory calls: hcall_memory.c */
hcall_fn serve_page_init, serve_ci_load, serve_ci_store, serve_cache_load, serve_cache_store,
	serve_memop, serve_put_tce, serve_stuff_tce, serve_put_tce_indirect;
/* state of the guest's CPUs: hcall_mode.c */
hcall_fn serve_cede, serve_set_mode, serve_register_proc_tbl, serve_random;
/* areas of the CPUs: vpa.c */
hcall_fn serve_register_vpa;
/* the tree: platform.c */
hcall_fn serve_cas, serve_update_dt;
/* RTAS: rtas.c */
hcall_fn serve_rtas;

#endif /* ULTRAVISOR_CALLS_HCALLS_H */
