// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/doors/kexec_cleanup.h"

#include <libfdt.h>

#include "abi/papr.h"
#include "boot/doors/kexec_cpus.h"
#include "boot/normal/cas.h"
#include "fdt/edit.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/hcall.h"
#include "lib/log.h"
#include "lib/rtas.h"
#include "lib/string.h"

/*
 * "ibm,ddw-extensions" of a host bridge: how many cells follow; the first is a token (LoPAR
 * 7.3.32.3)
 */
#define DDW_RESET 1

void kexec_reset_modes(void)
{
	HCALL(H_SET_MODE, 0, H_SET_MODE_RESOURCE_LE);
	HCALL(H_SET_MODE, 0, H_SET_MODE_RESOURCE_ADDR_TRANS_MODE);
}

/* Nothing is delivered to us, but XIVE has queues in memory, to which it writes. */
static void reset_interrupts(const struct machine *machine)
{
	if (cas_chose_xive(machine))
		HCALL(H_INT_RESET, 0);
	else
		HCALL(H_CPPR, 0);
}

/*
 * ibm,reset-pe-dma-window: configuration address of any device, unit id (QEMU
 * hw/ppc/spapr_rtas_ddw.c)
 */
static void reset_windows(const void *tree, const struct dt_phb *phb)
{
	const uint32_t args[] = { 0, (uint32_t)(phb->buid >> 32), (uint32_t)phb->buid };
	int size, status;
	const uint8_t *extensions = dt_get(tree, phb->node, "ibm,ddw-extensions", &size);

	if (!extensions || size < 8 || be32_load(extensions) < DDW_RESET)
		return;
	status = rtas_call(be32_load(extensions + 4 * DDW_RESET), args, 3, NULL, 1);
	log_info("phb=0x%lx dma-windows=reset status=%d", phb->buid, status);
}

/* Properties by which Linux records its DMA windows; the next kernel would go on using them. */
static int forget_windows(void *tree, int node)
{
	static const char *const names[] = {
		"linux,direct64-ddr-window-info", "linux,dma64-ddr-window-info", "memory-region",
	};
	int frc = 0;

	for (size_t i = 0; frc == 0 && i < sizeof(names) / sizeof(names[0]); i++)
		frc = dt_drop_property(tree, node, names[i]);
	return frc;
}

/*
 * What boot/secure/patch.c of an earlier boot wrote. Host bridges lose their link in
 * forget_windows().
 */
static int forget_pefboot(void *tree)
{
	static const char pool[] = "restricted-dma@";
	int node, parent = dt_find(tree, "/reserved-memory");
	int frc = dt_drop_property(tree, 0, "virtio,access-platform");

	if (frc == 0)
		frc = dt_drop_property(tree, 0, "reserved-ranges");
	while (frc == 0 && parent >= 0) {	/* iteration cannot continue from a deleted node */
		fdt_for_each_subnode(node, tree, parent)
			if (strncmp(fdt_get_name(tree, node, NULL), pool, strlen(pool)) == 0)
				break;
		if (node < 0)
			break;
		frc = fdt_nop_node(tree, node);
	}
	return frc;
}

int kexec_clean_tree(struct machine *machine)
{
	void *tree = machine->home.tree;
	uint32_t others, stopped;
	int frc;

	if (machine->outline.crash)
		return error(E_CRASH_KERNEL, "linux,usable-memory");
	frc = forget_pefboot(tree);
	kexec_cpus_count(tree, &others, &stopped);
	log_info("others=%u stopped=%u", others, stopped);
	reset_interrupts(machine);
	for (uint32_t i = 0; frc == 0 && i < machine->outline.phbs; i++) {
		reset_windows(tree, &machine->outline.phb[i]);
		frc = forget_windows(tree, machine->outline.phb[i].node);
	}
	return frc ? error(E_TREE_EDIT, "%s", fdt_strerror(frc)) : 0;
}
