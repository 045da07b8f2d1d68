/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The RTAS services that the ultravisor serves itself. */
#ifndef ULTRAVISOR_CALLS_RTAS_SERVE_H
#define ULTRAVISOR_CALLS_RTAS_SERVE_H

#include "ultravisor/calls/rtas_forward.h"

rtas_fn serve_nvram_fetch, serve_nvram_store, serve_set_indicator, serve_start_cpu, serve_stop_self,
	serve_end_guest, serve_os_term;

/* Forward ibm,os-term with a text of ours. */
_Noreturn void forward_os_term(struct rtas_request *call, const char *text);

#endif /* ULTRAVISOR_CALLS_RTAS_SERVE_H */
