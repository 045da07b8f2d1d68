// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/tree.h"

#include "abi/papr.h"
#include "fdt/read.h"
#include "fdt/walk.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "ultravisor/memory/platform.h"

/* Option vector 5 as the platform offers it, pairs of byte number and value: LoPAR B.6.2.3 */
#define SUPPORT		"ibm,arch-vec-5-platform-support"

bool tree_xive_only(const void *tree)
{
	int size = 0;
	int chosen = dt_find(tree, "/chosen");
	const uint8_t *support = dt_get(tree, chosen, SUPPORT, &size);

	for (int i = 0; support && i + 1 < size; i += 2)
		if (support[i] == OV5_XIVE && (support[i + 1] & OV5_MODE_MASK) == OV5_MODE_NEW)
			return true;
	return false;
}

/* One node for all of it, the one at 0: kernels and the real ultravisor want /memory@0. */
static int trim_memory(void *tree)
{
	const fdt64_t reg[2] = { cpu_to_fdt64(0), cpu_to_fdt64(platform.guest) };
	struct dt_children nodes;
	int node;

again:
	for (node = dt_first_child(&nodes, tree, 0); node >= 0; node = dt_next_child(&nodes)) {
		const char *name = nodes.walk.name;

		if ((strncmp(name, "memory@", 7) == 0 && strcmp(name, "memory@0") != 0) ||
		    strcmp(name, "ibm,dynamic-reconfiguration-memory") == 0) {
			int frc = fdt_del_node(tree, node);

			if (frc)
				return frc;
			goto again;	/* offsets have moved */
		}
	}
	node = dt_find(tree, "/memory@0");
	return node < 0 ? node : fdt_setprop(tree, node, "reg", reg, sizeof(reg));
}

static bool function_is_hidden(const char *function)
{
	static const char *const list[] = {
		"hcall-nested", "hcall-watchdog", "hcall-rpt-invalidate",
		"hcall-hpt-resize", "hcall-join", "hcall-scm",
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (strncmp(function, list[i], strlen(list[i])) == 0)
			return true;
	return false;
}

static int trim_functions(void *tree, int rtas)
{
	static char kept[2048];
	int size = 0, used = 0;
	const char *all = dt_get(tree, rtas, "ibm,hypertas-functions", &size);

	if (!all || size <= 0 || size > (int)sizeof(kept) || all[size - 1])
		return 0;
	for (int at = 0, length; at < size; at += length) {
		length = (int)strlen(all + at) + 1;
		if (function_is_hidden(all + at))
			continue;
		memcpy(kept + used, all + at, (size_t)length);
		used += length;
	}
	return fdt_setprop(tree, rtas, "ibm,hypertas-functions", kept, used);
}

static int trim_rtas(void *tree)
{
	static const char *const refused[] = { "ibm,nmi-register", "ibm,nmi-interlock",
					       "ibm,suspend-me" };
	int rtas = dt_find(tree, "/rtas"), size;
	uint8_t *capacity;

	if (rtas < 0)
		return rtas;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		fdt_delprop(tree, rtas, refused[i]);
	/* its first two cells are the end of memory */
	capacity = fdt_getprop_w(tree, rtas, "ibm,lrdr-capacity", &size);
	if (capacity && size >= 8)
		be64_store(capacity, platform.guest);
	return trim_functions(tree, rtas);
}

static void trim_support(void *tree)
{
	int chosen = dt_find(tree, "/chosen"), size;
	uint8_t *support = fdt_getprop_w(tree, chosen, SUPPORT, &size);

	for (int i = 0; support && i + 1 < size; i += 2) {
		if (support[i] == OV5_XIVE || support[i] == OV5_HASH_EXT)
			support[i + 1] = 0;
		if (support[i] == OV5_MMU)
			support[i + 1] = OV5_MODE_NEW;
	}
}

int tree_trim(void *tree)
{
	int frc = trim_memory(tree);

	if (frc == 0)
		frc = trim_rtas(tree);
	if (frc)
		return frc;
	trim_support(tree);
	return fdt_pack(tree);
}

int tree_set_bootargs(void *tree, const char *text)
{
	int chosen = dt_find(tree, "/chosen");

	if (chosen < 0)
		return chosen;
	if (!*text)
		return fdt_delprop(tree, chosen, "bootargs"), 0;
	return fdt_setprop_string(tree, chosen, "bootargs", text);
}
