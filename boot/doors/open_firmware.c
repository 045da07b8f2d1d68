// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/doors/open_firmware.h"

#include "boot/doors/of.h"
#include "boot/doors/of_log.h"
#include "boot/doors/of_tree.h"
#include "boot/normal/cas.h"
#include "fdt/edit.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/options_apply.h"
#include "lib/string.h"
#include "virtio/device.h"

#define ALIGN	     0x10000U
#define LOWEST	     0x10000U	/* exception vectors, ours and those of Open Firmware, lie below */
#define CMDLINE_MAX 4096
#define SUPPORT_MAX 256

/* In memory that Open Firmware gives us. */
struct of_work {
	struct of_flat flat;
	char cmdline[CMDLINE_MAX];
	uint8_t support[SUPPORT_MAX];
	struct cas_vectors cas;
	struct pci_bus bus;
	struct virtio device;
};

/*
 * Where Open Firmware has room. It knows where we are, if it has put us there; look all the same.
 */
static int claim_workspace(struct of_work **work, struct of *of, struct range initrd,
			   struct range image)
{
	uint32_t at, size = (sizeof(struct of_work) + ALIGN - 1) & ~(ALIGN - 1);
	struct range range;
	int rc = OF_CALL(of, &at, "claim", 0, size, ALIGN);

	if (rc)
		return rc;
	range = (struct range){ at, (uint64_t)at + size };
	if (at == OF_NONE || at < LOWEST || at % ALIGN || range.end > 1UL << 32 ||
	    range_overlaps(range, image) || range_overlaps(range, initrd))
		return error(E_OF_MEMORY, "%u KiB claimed, at 0x%x", size >> 10, at);
	*work = (struct of_work *)range.start;
	memset(&(*work)->flat.of, 0, sizeof(**work) - offsetof(struct of_work, flat.of));
	(*work)->flat.of = of;
	return 0;
}

static int read_options(struct options *options, struct of_work *work)
{
	uint32_t size;
	int rc = of_property(work->flat.of, "/chosen", "bootargs", work->cmdline, CMDLINE_MAX - 1,
			     &size);

	return rc ? rc : options_apply(options, work->cmdline);
}

/* Open Firmware calls the hypervisor, and brings its tree in line with what comes back. */
static int negotiate_cas(struct of_work *work, const struct options *options)
{
	struct of *of = work->flat.of;
	uint32_t root, size, ret[2];
	int rc = of_property(of, "/chosen", "ibm,arch-vec-5-platform-support", work->support,
			     SUPPORT_MAX, &size);

	if (rc == 0)
		rc = cas_ask(&work->cas, work->support, size == OF_NONE ? 0 : (int)size, options);
	if (rc == 0)
		rc = OF_CALL(of, &root, "open", (uintptr_t)"/");
	if (rc)
		return rc;
	rc = of_call(of, ret, 2, "call-method", 3, (const uintptr_t[]){
		(uintptr_t)"ibm,client-architecture-support", root, (uintptr_t)&work->cas });
	if (rc)
		return rc;
	if (ret[0] || ret[1])
		return error(E_CAS_REFUSED, "Open Firmware: %d, %d", (int)ret[0], (int)ret[1]);
	return 0;
}

/* The CPU that runs this: /chosen "cpu" is an instance of its node. */
static int set_boot_cpu(struct of_work *work)
{
	struct of *of = work->flat.of;
	uint32_t instance = 0, node, size, got;
	uint8_t cell[4];
	int rc = of_property(of, "/chosen", "cpu", cell, sizeof(cell), &size);

	if (rc || size != sizeof(cell))
		return rc;
	instance = be32_load(cell);
	rc = OF_CALL(of, &node, "instance-to-package", instance);
	if (rc == 0 && of_valid(node))
		rc = OF_CALL(of, &got, "getprop", node, (uintptr_t)"reg", (uintptr_t)cell,
			     sizeof(cell));
	if (rc == 0 && of_valid(node) && got == sizeof(cell))
		fdt_set_boot_cpuid_phys(work->flat.tree, be32_load(cell));
	return rc;
}

static int close_instance(struct of *of, const char *name)
{
	uint8_t cell[4];
	uint32_t size;
	int rc = of_property(of, "/chosen", name, cell, sizeof(cell), &size);

	if (rc || size != sizeof(cell) || !of_valid(be32_load(cell)))
		return rc;
	return of_call(of, NULL, 0, "close", 1, (const uintptr_t[]){ be32_load(cell) });
}

/* SLOF quiesces when stdin is closed, too, so stdout goes first. */
static int quiesce_firmware(struct of *of)
{
	int rc = close_instance(of, "stdout");

	if (rc == 0)
		rc = close_instance(of, "stdin");
	return rc ? rc : of_call(of, NULL, 0, "quiesce", 0, NULL);
}

/* A loader may not have closed what it used: whatever may still reach memory is reset. */
static int reset_devices(struct of_work *work)
{
	struct pci_bus *bus = &work->bus;
	uint32_t reset = 0;
	int rc = bus_find(bus, work->flat.tree, TREE_SPACE);

	for (uint32_t i = 0; rc == 0 && i < bus->functions; i++) {
		const struct pci_function *function = &bus->function[i];
		uint32_t command;

		rc = config_read(&function->config, PCI_COMMAND, 2, &command);
		if (rc || !(command & PCI_COMMAND_MASTER))
			continue;
		if (virtio_open(&work->device, bus, function, 0) == 0)
			virtio_close(&work->device);
		rc = config_write(&function->config, PCI_COMMAND, 2,
				  command & ~(uint32_t)PCI_COMMAND_MASTER);
		reset++;
	}
	if (reset)
		log_info("reset=%u virtio devices", reset);
	return rc;
}

/* The initrd, as QEMU would say it. The kernel that QEMU loaded is the ELF file that we are. */
static int set_boot_data(void *tree, struct range initrd, struct range log)
{
	int frc = dt_open(tree, TREE_SPACE), chosen = dt_find(tree, "/chosen");

	if (frc == 0 && chosen < 0)
		return error(E_NO_CHOSEN, "/chosen: %s", fdt_strerror(chosen));
	if (frc == 0)
		frc = dt_drop_property(tree, chosen, "qemu,boot-kernel");
	if (frc == 0 && range_size(initrd)) {
		frc = fdt_setprop_u64(tree, chosen, "linux,initrd-start", initrd.start);
		if (frc == 0)
			frc = fdt_setprop_u64(tree, chosen, "linux,initrd-end", initrd.end);
	}
	if (frc == 0)
		frc = of_set_log(tree, log);
	if (frc == 0)
		frc = dt_close(tree, 0);
	return frc ? error(E_TREE_EDIT, "/chosen: %s", fdt_strerror(frc)) : 0;
}

int open_firmware_leave(const void **tree, uint64_t client, struct range initrd, struct range image)
{
	struct of of = { .client = client };
	struct of_work *work;
	struct options options;
	struct range log;
	int rc = claim_workspace(&work, &of, initrd, image);

	if (rc || (rc = read_options(&options, work)) ||
	    (options.cas && (rc = negotiate_cas(work, &options))) ||
	    (rc = of_take_log(&log, &of)) || (rc = of_flatten(&work->flat)) ||
	    (rc = set_boot_cpu(work)) ||
	    (rc = quiesce_firmware(&of)) || (rc = reset_devices(work)) ||
	    (rc = set_boot_data(work->flat.tree, initrd, log)))
		return rc;
	*tree = work->flat.tree;
	log_info("openfirmware=0x%lx calls=%u ticks=%lu nodes=%u size=%u", client, of.calls,
		 of.ticks, work->flat.nodes, fdt_totalsize(*tree));
	return 0;
}
