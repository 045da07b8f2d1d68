// SPDX-License-Identifier: GPL-2.0-or-later
/* Step 3: kernel and initrd. QEMU has put both into memory (-kernel, -initrd); find and judge them. */
#include "boot/evidence.h"
#include "boot/kernel.h"
#include "boot/main.h"
#include "fdt/read.h"
#include "lib/fail.h"
#include "lib/log.h"

static int find_kernel(struct payload *payload, const struct machine *machine)
{
	const void *handed = machine->home.handed;
	int chosen = fdt_path_offset(handed, "/chosen");
	uint64_t base, size;
	int frc = dt_u64_pair(handed, chosen, "qemu,boot-kernel", &base, &size);

	if (frc)
		return error(E_NO_KERNEL, "qemu,boot-kernel: %s", fdt_strerror(frc));
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

int load(struct payload *payload, const struct machine *machine)
{
	int rc;

	*payload = (struct payload){ 0 };
	if ((rc = find_kernel(payload, machine)) || (rc = find_initrd(payload, machine)))
		return rc;
	evidence_before(machine, payload);
	log_step(STEP_LOAD, "from=memory kernel=0x%lx+0x%lx endian=%s initrd=0x%lx+0x%lx",
		 payload->kernel.start, range_size(payload->kernel),
		 payload->little_endian ? "little" : "big", payload->initrd.start,
		 range_size(payload->initrd));
	return 0;
}
