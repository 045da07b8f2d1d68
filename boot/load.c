// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Step 3: kernel and initrd. Either QEMU has put both into memory (-kernel, -initrd): find and judge
 * them; or they come from disk, in a boot bundle.
 */
#include "boot/devices.h"
#include "boot/evidence.h"
#include "boot/kernel.h"
#include "boot/main.h"
#include "fdt/read.h"
#include "lib/fail.h"
#include "lib/log.h"

#define BOOT_KERNEL "qemu,boot-kernel"

static int find_kernel(struct payload *payload, const struct machine *machine)
{
	const void *handed = machine->home.handed;
	int chosen = fdt_path_offset(handed, "/chosen");
	uint64_t base, size;
	int frc = dt_u64_pair(handed, chosen, BOOT_KERNEL, &base, &size);

	if (frc)
		return error(E_NO_KERNEL, BOOT_KERNEL ": %s", fdt_strerror(frc));
	if (!range_make(&payload->kernel, base, size) || size == 0 ||
	    !ranges_contain(&machine->outline.memory, payload->kernel))
		return error(E_KERNEL_RANGE, "0x%lx bytes at 0x%lx", size, base);
	payload->kernel_final = (struct range){ 0, size };
	if (!ranges_contain(&machine->outline.memory, payload->kernel_final) ||
	    range_overlaps(payload->kernel_final, machine->home.all) ||
	    range_overlaps(payload->kernel, machine->home.all))
		return error(E_KERNEL_RANGE, "needs 0x%lx bytes from 0 on", size);
	return kernel_recognise((const void *)base, size, &payload->little_endian);
}

static int find_initrd(struct payload *payload, const struct machine *machine)
{
	const void *tree = machine->home.tree;
	int chosen = fdt_path_offset(tree, "/chosen");
	struct range *initrd = &payload->initrd;
	int frc = dt_u32_or_u64(tree, chosen, "linux,initrd-start", &initrd->start);

	*initrd = (struct range){ initrd->start, 0 };
	if (frc == -FDT_ERR_NOTFOUND) {
		*initrd = (struct range){ 0, 0 };
		return 0;
	}
	if (frc == 0)
		frc = dt_u32_or_u64(tree, chosen, "linux,initrd-end", &initrd->end);
	if (frc || initrd->end < initrd->start || !ranges_contain(&machine->outline.memory, *initrd))
		return error(E_INITRD_RANGE, "0x%lx-0x%lx", initrd->start, initrd->end);
	if (range_overlaps(*initrd, payload->kernel) || range_overlaps(*initrd, payload->kernel_final))
		return error(E_INITRD_OVERLAP, "0x%lx-0x%lx and the kernel", initrd->start, initrd->end);
	if (range_overlaps(*initrd, machine->home.all))
		return error(E_INITRD_OVERLAP, "0x%lx-0x%lx and pefboot", initrd->start, initrd->end);
	return 0;
}

static bool loaded_by_qemu(const struct machine *machine)
{
	const void *handed = machine->home.handed;

	return fdt_getprop(handed, fdt_path_offset(handed, "/chosen"), BOOT_KERNEL, NULL);
}

int load(struct payload *payload, const struct machine *machine)
{
	int rc;

	*payload = (struct payload){ .options = machine->options };
	rc = devices_find(machine, !loaded_by_qemu(machine));
	if (rc && !loaded_by_qemu(machine))
		return rc;
	if (rc)		/* nothing of them is needed */
		log_notice("notice: virtio devices left alone: E%d %s: %s", rc, error_what(rc), error_text());
	if (!loaded_by_qemu(machine))
		rc = disk_boot(payload, machine);
	else if ((rc = find_kernel(payload, machine)) == 0)
		rc = find_initrd(payload, machine);
	if (rc || (rc = devices_stir(machine)))
		return rc;
	evidence_before(machine, payload);
	log_step(STEP_LOAD, "from=%s kernel=0x%lx+0x%lx endian=%s initrd=0x%lx+0x%lx",
		 range_size(payload->bundle) ? "disk" : "memory", payload->kernel.start,
		 range_size(payload->kernel),
		 payload->little_endian ? "little" : "big", payload->initrd.start,
		 range_size(payload->initrd));
	return 0;
}
