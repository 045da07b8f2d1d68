/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RTAS: the run-time services that the device tree lists under /rtas. QEMU implements them behind
 * one hypercall; the code that an operating system calls is a blob of five instructions.
 */
#ifndef LIB_RTAS_H
#define LIB_RTAS_H

#include <stdint.h>

/* arguments and results of one call together (Linux asm/rtas-types.h) */
#define RTAS_ARGS_MAX 16

/* Status of a call: LoPAR 7.2.8, table "RTAS Status Word Values" */
#define RTAS_SUCCESS	    0
#define RTAS_HARDWARE_ERROR (-1)
#define RTAS_BUSY	    (-2)
#define RTAS_PARAMETER	    (-3)

/*
 * rtas_call() - a seam: host tests bring their own.
 * @token:  number of the service, from the device tree
 * @args:   @nargs cells, host endian
 * @rets:   room for @nrets - 1 results after the status, or NULL
 * Returns the status (RTAS_*): RTAS_HARDWARE_ERROR also when the hypervisor refused the call, and
 * RTAS_PARAMETER without one when arguments and results are too many.
 * Source: LoPAR 7.2.1 (argument block), QEMU hw/ppc/spapr_rtas.c.
 */
int rtas_call(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets);

#endif /* LIB_RTAS_H */
