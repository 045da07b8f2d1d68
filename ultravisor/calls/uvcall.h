/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ultracalls: the table is in uvcall.c, UV_ESM in esm.c. */
#ifndef ULTRAVISOR_CALLS_UVCALL_H
#define ULTRAVISOR_CALLS_UVCALL_H

#include <stdint.h>

struct vcpu;

/* Serve the ultracall that the guest has just made, by `sc 2` or `sc 1`: number in r3, r4..r12. */
void uvcall_served(struct vcpu *vcpu);

/* What a handler returns when the guest goes on elsewhere: r3 is not a code then. */
#define UV_ENTERED INT64_MAX

/* Handlers. The lock is held. Return U_*, or UV_ENTERED. */
int64_t uv_esm(struct vcpu *vcpu);
int64_t uv_share_page(struct vcpu *vcpu);
int64_t uv_unshare_page(struct vcpu *vcpu);
int64_t uv_unshare_all_pages(struct vcpu *vcpu);
int64_t uv_esmb_get_file(struct vcpu *vcpu);

#endif /* ULTRAVISOR_CALLS_UVCALL_H */
