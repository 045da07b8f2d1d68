// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/doors/of_enter.h"

#include "lib/endian.h"
#include "lib/fail.h"

/* The argument array, big-endian cells: IEEE 1275 6.3.1 */
struct of_cells {
	be32 service, args, rets;
	be32 cell[OF_CELLS_MAX];
};

/* boot/doors/of_jump.S: r3 of the client interface, which is 32 bits */
int of_jump(struct of_cells *cells, uint64_t client);

static be32 narrow_to_cell(uintptr_t value)
{
	check(value >> 32 == 0);
	return be32_make((uint32_t)value);
}

int of_enter(uint64_t client, struct of_call *call)
{
	struct of_cells cells = {
		.service = narrow_to_cell((uintptr_t)call->service),
		.args = be32_make(call->args),
		.rets = be32_make(call->rets),
	};
	int rc;

	for (uint32_t i = 0; i < call->args; i++)
		cells.cell[i] = narrow_to_cell(call->arg[i]);
	rc = of_jump(&cells, client);
	__asm__ volatile("" : : "r"(&cells) : "memory");
	for (uint32_t i = 0; rc == 0 && i < call->rets; i++)
		call->ret[i] = be32_get(cells.cell[call->args + i]);
	return rc;
}
