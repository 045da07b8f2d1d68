// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/of.h"

#include "lib/fail.h"

static struct of_spent spent;

struct of_spent of_spent(void)
{
	return spent;
}

int of_call(uint64_t client, uint32_t *rets, uint32_t count, const char *service, uint32_t args,
	    const uintptr_t *arg)
{
	struct of_call call = { .service = service, .args = args, .rets = count };

	check(args + count <= OF_CELLS_MOST);
	for (uint32_t i = 0; i < args; i++)
		call.arg[i] = arg[i];
	if (of_enter(client, &call))
		return error(E_OF_CALL, "\"%s\"", service);
	spent.calls++;
	spent.ticks += call.ticks;
	for (uint32_t i = 0; i < count; i++)
		rets[i] = call.ret[i];
	return 0;
}

int of_property(uint64_t client, const char *path, const char *name, void *value, uint32_t space, uint32_t *size)
{
	uint32_t node = 0;
	int rc = OF_CALL(client, &node, "finddevice", (uintptr_t)path);

	*size = OF_NONE;
	if (rc || !of_valid(node))
		return rc;
	rc = OF_CALL(client, size, "getprop", node, (uintptr_t)name, (uintptr_t)value, space);
	if (rc || *size == OF_NONE || *size <= space)
		return rc;
	return error(E_OF_TREE, "%s/%s has %u bytes", path, name, *size);
}
