// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/rtas.h"

#include <stddef.h>

#include "abi/papr.h"
#include "lib/endian.h"
#include "lib/hcall.h"

/* The argument block, big-endian cells: LoPAR 7.2.1 */
struct rtas_args {
	be32 token, nargs, nrets;
	be32 cell[RTAS_ARGS_MAX];
};

int rtas_call(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	struct rtas_args block;

	if (nargs > RTAS_ARGS_MAX || nrets < 1 || nrets > RTAS_ARGS_MAX - nargs)
		return RTAS_PARAMETER;
	block.token = be32_make(token);
	block.nargs = be32_make(nargs);
	block.nrets = be32_make(nrets);
	for (uint32_t i = 0; i < nargs; i++)
		block.cell[i] = be32_make(args[i]);
	for (uint32_t i = 0; i < nrets; i++)
		block.cell[nargs + i] = be32_make((uint32_t)RTAS_HARDWARE_ERROR);
	if (HCALL(KVMPPC_H_RTAS, (uintptr_t)&block) != H_SUCCESS)
		return RTAS_HARDWARE_ERROR;
	__asm__ volatile("" : : "r"(&block) : "memory");
	for (uint32_t i = 1; i < nrets && rets; i++)
		rets[i - 1] = be32_get(block.cell[nargs + i]);
	return (int)be32_get(block.cell[nargs]);
}
