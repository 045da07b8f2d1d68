// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * By what else a tree steers Linux. The list is of what a guest can be without; that a tree has it
 * is no fault: QEMU's have some. Where: for the look-up that Linux makes, not where it belongs.
 */
#include <string.h>

#include "tests/host/oracle/linux_tree.h"

enum kind { PROPERTY, ROOT_PROPERTY, CHOSEN_PROPERTY, RTAS_FUNCTION, NAME, TYPE, WORD };

static const struct steering {
	enum kind kind;
	const char *what;
} steering[] = {
	/* arch/powerpc/kernel/epapr_paravirt.c: written over Linux' own text */
	{ PROPERTY, "hcall-instructions" },
	/* arch/powerpc/kernel/dt_cpu_ftrs.c: CPU features, without the ISA's */
	{ WORD, "ibm,powerpc-cpu-features" },
	/* arch/powerpc/kernel/firmware.c check_kvm_guest() */
	{ WORD, "linux,kvm" },

	/*
	 * arch/powerpc/kernel/prom.c early_init_dt_scan_chosen_ppc(): in the root (linux_chosen.c)
	 */
	{ ROOT_PROPERTY, "linux,iommu-off" },
	{ ROOT_PROPERTY, "linux,iommu-force-on" },
	{ ROOT_PROPERTY, "linux,memory-limit" },
	{ ROOT_PROPERTY, "linux,tce-alloc-start" },
	{ ROOT_PROPERTY, "linux,tce-alloc-end" },
	{ ROOT_PROPERTY, "linux,crashkernel-base" },
	{ ROOT_PROPERTY, "linux,crashkernel-size" },
	/* arch/powerpc/kernel/prom.c early_reserve_mem_dt(), arch/powerpc/kernel/fadump.c */
	{ ROOT_PROPERTY, "reserved-ranges" },
	/* arch/powerpc/kernel/secure_boot.c */
	{ ROOT_PROPERTY, "ibm,secure-boot" },
	{ ROOT_PROPERTY, "ibm,trusted-boot" },
	/* arch/powerpc/platforms/pseries/mobility.c, setup.c */
	{ ROOT_PROPERTY, "ibm,powervm-partition" },
	{ ROOT_PROPERTY, "ibm,fw-net-version" },
	{ ROOT_PROPERTY, "ibm,migratable-partition" },

	/*
	 * drivers/of/fdt.c early_init_dt_scan_chosen() and 7.2's; pseries/iommu.c reads iommu-off
	 * here
	 */
	{ CHOSEN_PROPERTY, "linux,elfcorehdr" },
	{ CHOSEN_PROPERTY, "linux,usable-memory-range" },
	{ CHOSEN_PROPERTY, "linux,dmcryptkeys" },
	{ CHOSEN_PROPERTY, "linux,kho-fdt" },
	{ CHOSEN_PROPERTY, "linux,kho-scratch" },
	{ CHOSEN_PROPERTY, "linux,iommu-off" },
	{ CHOSEN_PROPERTY, "linux,booted-from-kexec" },
	/* drivers/of/kexec.c; drivers/char/tpm/eventlog/of.c below, at any node */
	{ CHOSEN_PROPERTY, "linux,ima-kexec-buffer" },
	/* arch/powerpc/platforms/pseries/plpks.c */
	{ CHOSEN_PROPERTY, "ibm,plpks-pw" },

	/* drivers/of/fdt.c, arch/powerpc/mm/drmem.c: what a crash kernel may use */
	{ PROPERTY, "linux,usable-memory" },
	{ PROPERTY, "linux,drconf-usable-memory" },
	{ PROPERTY, "hotpluggable" },
	/* arch/powerpc/platforms/pseries/rtas-fadump.c */
	{ PROPERTY, "ibm,kernel-dump" },
	{ PROPERTY, "ibm,configure-kernel-dump" },
	{ PROPERTY, "ibm,configure-kernel-dump-sizes" },
	/* drivers/char/tpm/eventlog/of.c */
	{ PROPERTY, "linux,sml-base" },
	{ PROPERTY, "linux,sml-size" },
	/* arch/powerpc/platforms/pseries/iommu.c */
	{ PROPERTY, "linux,tce-base" },
	{ PROPERTY, "linux,direct64-ddr-window-info" },
	{ PROPERTY, "linux,dma64-ddr-window-info" },
	{ PROPERTY, "ibm,dma-window-saved" },
	/* drivers/of/address.c of_dma_is_coherent(); kernel/dma: regions that devices are given */
	{ PROPERTY, "dma-coherent" },
	{ PROPERTY, "dma-noncoherent" },
	{ PROPERTY, "dma-ranges" },
	{ PROPERTY, "linux,cma-default" },
	{ PROPERTY, "linux,dma-default" },
	/* arch/powerpc/kernel/pci_of_scan.c: devices as the tree says, not as the bus does */
	{ PROPERTY, "linux,pci-probe-only" },
	{ PROPERTY, "assigned-addresses" },
	{ PROPERTY, "interrupt-parent" },
	/* drivers/of/fdt.c populate_properties(), drivers/of/dynamic.c */
	{ PROPERTY, "ibm,phandle" },
	{ PROPERTY, "linux,phandle" },
	/* drivers/of/resolver.c, overlay.c; drivers/of/base.c */
	{ NAME, "__symbols__" },
	{ NAME, "__fixups__" },
	{ NAME, "__local_fixups__" },
	{ NAME, "aliases" },

	/*
	 * What is plugged later: arch/powerpc/platforms/pseries/dlpar.c, ras.c;
	 * drivers/pci/hotplug/rpaphp_core.c
	 */
	{ NAME, "hot-plug-events" },
	{ NAME, "ibm,io-events" },
	{ NAME, "internal-errors" },
	{ PROPERTY, "ibm,drc-info" },
	{ PROPERTY, "ibm,drc-indexes" },
	{ PROPERTY, "ibm,drc-names" },
	{ PROPERTY, "ibm,drc-types" },
	{ PROPERTY, "ibm,drc-power-domains" },
	{ PROPERTY, "ibm,my-drc-index" },
	{ NAME, "ibm,dynamic-reconfiguration-memory" },
	/* arch/powerpc/kernel/rtas.c: by which the tree itself is changed later */
	{ RTAS_FUNCTION, "ibm,configure-connector" },
	{ RTAS_FUNCTION, "ibm,update-nodes" },
	{ RTAS_FUNCTION, "ibm,update-properties" },
	{ RTAS_FUNCTION, "ibm,suspend-me" },
	{ RTAS_FUNCTION, "ibm,activate-firmware" },

	/*
	 * Drivers outside the pool: arch/powerpc/platforms/pseries/vio.c, drivers/scsi/ibmvscsi,
	 * net/ethernet/ibm, char/tpm
	 */
	{ PROPERTY, "ibm,my-dma-window" },
	{ WORD, "IBM,v-scsi" },
	{ WORD, "IBM,l-lan" },
	{ WORD, "IBM,vtpm" },
	{ WORD, "IBM,vfc-client" },
	{ WORD, "IBM,vnic" },
	{ NAME, "ibm,platform-facilities" },
	{ TYPE, "ibm,platform-facilities" },
	{ WORD, "ibm,random" },
	/* arch/powerpc/platforms/pseries/pmem.c, papr_scm.c, iommu.c */
	{ TYPE, "ibm,persistent-memory" },
	{ TYPE, "ibm,pmemory" },
	/* arch/powerpc/platforms/pseries/pci.c, setup.c: virtual functions as the tree says */
	{ PROPERTY, "ibm,open-sriov-vf-bar-info" },
	{ PROPERTY, "ibm,is-open-sriov-pf" },
	{ PROPERTY, "ibm,number-of-configurable-vfs" },

	/*
	 * Other platforms and old devices: sysdev/xive/native.c, drivers/tty/hvc/hvc_opal.c,
	 * kernel/setup-common.c, isa-bridge.c
	 */
	{ NAME, "ibm,opal" },
	{ WORD, "ibm,opal-xive-pe" },
	{ WORD, "ibm,opal-xive-vc" },
	{ WORD, "ibm,opal-intc" },
	{ TYPE, "isa" },
	{ TYPE, "8042" },
	{ TYPE, "fdc" },
	{ WORD, "chrp,iic" },
	{ PROPERTY, "8259-interrupt-acknowledge" },
	{ NAME, "openprom" },
	{ NAME, "firmware" },
	/* arch/powerpc/kernel/setup_64.c check_smt_enabled() */
	{ NAME, "options" },
};

#define ROWS (sizeof(steering) / sizeof(steering[0]))
static size_t sizes[ROWS];

static void add(struct linux_tree *tree, const char *what, int node)
{
	if (tree->surfaces < LINUX_SURFACE_MAX)
		tree->surface[tree->surfaces] = (struct linux_surface){ what, node };
	tree->surfaces++;
}

static bool is_place(const struct linux_tree *tree, enum kind kind, int node)
{
	switch (kind) {
	case PROPERTY:
		return true;
	case ROOT_PROPERTY:
		return node == FLAT_ROOT;
	case CHOSEN_PROPERTY:
		return node == tree->chosen || node == tree->late_chosen;
	case RTAS_FUNCTION:
		return node == tree->rtas.node;
	default:
		return false;
	}
}

static void read_prop(struct linux_tree *tree, int node, const struct flat_prop *prop)
{
	for (size_t i = 0; i < ROWS; i++)
		if (prop->length == sizes[i] && prop->name &&
		    !memcmp(prop->name, steering[i].what, sizes[i]) &&
		    is_place(tree, steering[i].kind, node))
			add(tree, steering[i].what, node);
}

/* What it is called, by whichever look-up; what it is. */
static void read_node(struct linux_tree *tree, const struct flat *flat, int node)
{
	const struct flat_prop *type = flat_get(flat, node, "device_type");
	const struct flat_prop *compatible = flat_get(flat, node, "compatible");
	const char *name = late_name(flat, node);
	const size_t size = strcspn(name, "@");

	for (size_t i = 0; i < ROWS; i++) {
		const struct steering *row = &steering[i];

		if ((row->kind == NAME && size == sizes[i] && !memcmp(name, row->what, size)) ||
		    (row->kind == TYPE && type && flat_is(flat, type, row->what)) ||
		    (row->kind == WORD && compatible && flat_compatible(flat, node, row->what)))
			add(tree, row->what, node);
	}
}

/* This is run millions of times, by a fuzzer. */
void linux_read_surface(struct linux_tree *tree, const struct flat *flat)
{
	if (!sizes[0])
		for (size_t i = 0; i < ROWS; i++)
			sizes[i] = strlen(steering[i].what);
	for (int node = 0; node < flat->nodes; node++) {
		read_node(tree, flat, node);
		for (int i = 0; i < flat->node[node].props; i++)
			read_prop(tree, node, &flat->prop[flat->node[node].first + i]);
	}
}
