// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/oracle/linux_tree.h"

#include <string.h>

/*
 * early_init_devtree(), arch/powerpc/kernel/prom.c:765, then setup_arch(),
 * arch/powerpc/kernel/setup-common.c:907
 */
void linux_read(struct linux_tree *tree, const struct flat *flat, enum linux_release release)
{
	memset(tree, 0, sizeof(*tree));
	tree->release = release;
	tree->why_not = flat->why_not;
	if (flat->why_not)
		return;
	linux_read_chosen(tree, flat);
	linux_read_memory(tree, flat);
	linux_read_reservations(tree, flat);
	linux_read_cpus(tree, flat);
	linux_read_platform(tree, flat);
	linux_read_numa(tree, flat);
	linux_read_surface(tree, flat);
}
