// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/fake/of.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

struct fake_of fake_of;

static uint32_t handle(int node)
{
	return node < 0 ? 0 : (uint32_t)node + 1;
}

static uint32_t find(const char *path)
{
	int node = fdt_path_offset(fake_of.tree, path);

	return node < 0 ? OF_NONE : handle(node);
}

static uint32_t get(int node, const char *name, void *value, size_t space)
{
	int size;
	const void *from = fdt_getprop(fake_of.tree, node, name, &size);

	if (!from)
		return OF_NONE;
	memcpy(value, from, (size_t)size < space ? (size_t)size : space);
	return (uint32_t)size;
}

static uint32_t next(int node, const char *before, char *name)
{
	int prop;
	const char *at;
	int found = *before == '\0';

	fdt_for_each_property_offset(prop, fake_of.tree, node) {
		fdt_getprop_by_offset(fake_of.tree, prop, &at, NULL);
		if (found) {
			strcpy(name, at);
			return 1;
		}
		found = strcmp(at, before) == 0;
	}
	return 0;
}

static uint32_t path_of(int node, char *path, size_t space)
{
	char text[256];

	if (fdt_get_path(fake_of.tree, node, text, sizeof(text)) || strlen(text) > space)
		return OF_NONE;
	memcpy(path, text, strlen(text));	/* as SLOF: no NUL */
	return (uint32_t)strlen(text);
}

static uint32_t method(const struct of_call *call)
{
	if (strcmp((const char *)call->arg[0], "ibm,client-architecture-support") != 0)
		return OF_NONE;
	memcpy(fake_of.vectors, (const void *)call->arg[2], sizeof(fake_of.vectors));
	return 0;
}

static uint32_t serve(const struct of_call *call)
{
	const char *service = call->service;
	const uintptr_t *arg = call->arg;
	int node = (int)arg[0] - 1;

	if (strcmp(service, "finddevice") == 0)
		return find((const char *)arg[0]);
	if (strcmp(service, "getprop") == 0)
		return get(node, (const char *)arg[1], (void *)arg[2], arg[3]);
	if (strcmp(service, "nextprop") == 0)
		return next(node, (const char *)arg[1], (char *)arg[2]);
	if (strcmp(service, "child") == 0)
		return handle(fdt_first_subnode(fake_of.tree, node));
	if (strcmp(service, "peer") == 0)
		return arg[0] ? handle(fdt_next_subnode(fake_of.tree, node)) : handle(0);
	if (strcmp(service, "package-to-path") == 0)
		return path_of(node, (char *)arg[1], arg[2]);
	if (strcmp(service, "claim") == 0) {	/* a reset leaves memory as it was: nothing is zero */
		fake_of.claimed = arg[1];
		memset((void *)(uintptr_t)FAKE_OF_CLAIM, 0xa5, arg[1]);
		return FAKE_OF_CLAIM;
	}
	if (strcmp(service, "open") == 0)
		return 77;
	if (strcmp(service, "instance-to-package") == 0)
		return find("/cpus/PowerPC,POWER9@8");
	if (strcmp(service, "call-method") == 0)
		return method(call);
	abort();
}

int of_enter(uint64_t client, struct of_call *call)
{
	if (client != FAKE_OF_CLIENT || fake_of.quiesced)
		abort();
	if (fake_of.unknown && strcmp(call->service, fake_of.unknown) == 0)
		return -1;
	fake_of.calls++;
	if (strcmp(call->service, "quiesce") == 0)
		fake_of.quiesced++;
	else if (strcmp(call->service, "close") == 0)
		fake_of.closed[fake_of.closes++ % 4] = (uint32_t)call->arg[0];
	else
		call->ret[0] = serve(call);
	if (fake_of.twist)
		fake_of.twist(call);
	return 0;
}
