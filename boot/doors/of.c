// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/doors/of.h"

#include "lib/arch.h"
#include "lib/fail.h"

int of_call(struct of *of, uint32_t *rets, uint32_t count, const char *service, uint32_t args,
	    const uintptr_t *arg)
{
	struct of_call call = { .service = service, .args = args, .rets = count };
	uint64_t since;
	int rc;

	check(args + count <= OF_CELLS_MAX);
	for (uint32_t i = 0; i < args; i++)
		call.arg[i] = arg[i];
	since = timebase();
	rc = of_enter(of->client, &call);
	of->ticks += timebase() - since;
	of->calls++;
	if (rc)
		return error(E_OF_CALL, "\"%s\"", service);
	for (uint32_t i = 0; i < count; i++)
		rets[i] = call.ret[i];
	return 0;
}

int of_property(struct of *of, const char *path, const char *name, void *value, uint32_t space,
		uint32_t *size)
{
	uint32_t node = 0;
	int rc = OF_CALL(of, &node, "finddevice", (uintptr_t)path);

	*size = OF_NONE;
	if (rc || !of_valid(node))
		return rc;
	rc = OF_CALL(of, size, "getprop", node, (uintptr_t)name, (uintptr_t)value, space);
	if (rc || *size == OF_NONE || *size <= space)
		return rc;
	return error(E_OF_TREE, "%pQ: property %pQ of %u bytes", path, name, *size);
}
