/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a call of the guest goes on to QEMU, which gets a bounce page for the guest's buffers. */
#ifndef ULTRAVISOR_CALLS_RTAS_FORWARD_H
#define ULTRAVISOR_CALLS_RTAS_FORWARD_H

#include <stdint.h>

#include "lib/rtas.h"

struct vcpu;
struct rtas_request;
typedef void rtas_fn(struct rtas_request *call);

/*
 *	PLAIN	goes to QEMU: none of its arguments is an address
 *	IN, OUT	has a buffer: its address is argument buf, its size argument len, or `fixed`. It
 *		bounces through a page of low memory, and is cut to that
 *	SERVE	served under the lock		ALONE	served without it
 * What the table does not list is refused with status -3.
 */
enum rtas_kind { PLAIN, IN, OUT, INOUT, SERVE, ALONE };

struct rtas_service {
	const char *name;
	enum rtas_kind kind;
	uint8_t nargs, buf, len;	/* arguments it takes; those of the buffer */
	uint16_t fixed;
	rtas_fn *serve;
};

struct rtas_request {
	const struct rtas_service *service;
	uint32_t token;
	struct vcpu *vcpu;
	uint32_t nargs, nrets;
	uint32_t arg[RTAS_ARGS_MAX], ret[RTAS_ARGS_MAX];	/* ret[0]: status */
};

/* Call QEMU with the arguments as they are. */
void rtas_forward(struct rtas_request *call);

/* The same for a service with a buffer. */
void rtas_forward_buffer(struct rtas_request *call);

#endif /* ULTRAVISOR_CALLS_RTAS_FORWARD_H */
