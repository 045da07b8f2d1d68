// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/rtas_forward.h"

#include "lib/string.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"

void rtas_forward(struct rtas_request *call)
{
	call->ret[0] = (uint32_t)rtas_call(call->token, call->arg, call->nargs, call->ret + 1,
					   call->nrets);
}

/* QEMU gets the bounce page and the cut size; the arguments in the guest's block stay. */
void rtas_forward_buffer(struct rtas_request *call)
{
	const struct rtas_service *service = call->service;
	uint64_t gpa = call->arg[service->buf];
	uint32_t size = service->fixed ? service->fixed : call->arg[service->len];

	if (size > BOUNCE_SIZE)
		size = BOUNCE_SIZE;
	memset(real(LOW_BOUNCE), 0, BOUNCE_SIZE);
	if (!memory_contains(gpa, size))
		return;		/* the status is still -3 */
	if (service->kind != OUT)
		guest_read(real(LOW_BOUNCE), gpa, size);
	call->arg[service->buf] = LOW_BOUNCE;
	if (!service->fixed)
		call->arg[service->len] = size;
	rtas_forward(call);
	if (service->kind != IN)
		guest_write(gpa, real(LOW_BOUNCE), size);
}
