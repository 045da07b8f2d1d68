// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/contract.h"

#include <libfdt.h>

#include "abi/pef.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/fail.h"

int contract_check(const struct machine *machine)
{
	static const char *const calls[] = { UV_ESM_RTAS_SERVICES };
	const void *tree = machine->home.tree;
	int rtas = fdt_path_offset(tree, "/rtas"), size;
	int memory = fdt_path_offset(tree, "/memory@0");
	const uint8_t *reg = fdt_getprop(tree, memory, "reg", &size);
	uint32_t token;

	if (!reg || size < (int)sizeof(uint64_t) || be64_load(reg) != 0)
		return error(E_CONTRACT, "/memory@0 at 0");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (dt_u32(tree, rtas, calls[i], &token))
			return error(E_CONTRACT, "/rtas/%s", calls[i]);
	return 0;
}
