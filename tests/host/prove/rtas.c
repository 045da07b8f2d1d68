// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: of any RTAS call: nothing outside the block's cells is touched, the host is given no
 *     address but the bounce page's, for at most its size, and the guest's memory is written inside
 * bounds: any block; services of every kind, with any numbers of arguments
 * sources: ultravisor/calls/rtas_forward.c
 * cbmc: --unwind 18
 */
#include "ultravisor/calls/rtas_forward.h"

#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "tests/host/prove/prove.h"

static struct vcpu vcpu;
static uint8_t bounce[BOUNCE_SIZE];
static uint64_t memory;
static struct rtas_service service;
static struct rtas_request call;
static uint32_t buffer;		/* the guest's */

bool memory_contains(uint64_t gpa, uint64_t size)
{
	return size <= memory && gpa <= memory - size;
}

void *real(uint64_t ra)
{
	claim(ra == LOW_BOUNCE);
	return bounce;
}

bool guest_read(void *to, uint64_t gpa, uint64_t size)
{
	claim(to == bounce && size <= BOUNCE_SIZE && memory_contains(gpa, size));
	return true;
}

bool guest_write(uint64_t gpa, const void *from, uint64_t size)
{
	claim(from == bounce && size <= BOUNCE_SIZE && memory_contains(gpa, size));
	claim(gpa == buffer);
	return true;
}

int32_t rtas_call(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets,
		  uint32_t nrets)
{
	claim(token == call.token && nargs == call.nargs);
	claim(__CPROVER_r_ok(args, nargs * sizeof(*args)));
	claim(nrets == 0 || nrets == 1 || __CPROVER_w_ok(rets, (nrets - 1) * sizeof(*rets)));
	claim(args[service.buf] == LOW_BOUNCE);
	claim((service.fixed ? service.fixed : args[service.len]) <= BOUNCE_SIZE);
	return (int32_t)any32();
}

int main(void)
{
	memory = any64();
	service = (struct rtas_service){ "", any8() % SERVE, any8(), any8(), any8(), any16(), NULL };
	given(service.kind != PLAIN);
	given(service.nargs <= RTAS_ARGS_MAX && service.buf < service.nargs);
	given(service.len < service.nargs && service.buf != service.len);
	given(service.fixed <= BOUNCE_SIZE);
	call = (struct rtas_request){ &service, any32(), &vcpu, any8(), any8() };
	/* as serve_rtas() has checked */
	given(call.nargs >= service.nargs && call.nargs <= RTAS_ARGS_MAX);
	given(call.nrets >= 1 && call.nrets <= RTAS_ARGS_MAX - call.nargs);
	for (uint32_t i = 0; i < RTAS_ARGS_MAX; i++)
		call.arg[i] = any32();
	buffer = call.arg[service.buf];
	rtas_forward_buffer(&call);
	return 0;
}
