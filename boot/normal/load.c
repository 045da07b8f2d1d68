// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Step 3: kernel and initrd. Either QEMU has put both into memory (-kernel, -initrd): find and
 * check them; or they are in a boot bundle, which came along in memory, or which is read from disk.
 */
#include "abi/bundle.h"
#include "boot/normal/blob.h"
#include "boot/normal/bundle.h"
#include "boot/normal/devices.h"
#include "boot/normal/disk.h"
#include "boot/normal/initrd.h"
#include "boot/normal/normal.h"
#include "fdt/evidence.h"
#include "fdt/read.h"
#include "lib/fail.h"
#include "lib/kernel.h"
#include "lib/log.h"

#define BOOT_KERNEL "qemu,boot-kernel"

/* That of a bundle is not longer (abi/bundle.h). */
static void check_command_line(const void *tree, int chosen)
{
	int size;

	if (dt_get(tree, chosen, "bootargs", &size) && size - 1 > BUNDLE_CMDLINE_MAX)
		log_notice("notice: Linux reads %d bytes of the command line, which has %d",
			   BUNDLE_CMDLINE_MAX, size - 1);
}

static int find_kernel(struct payload *payload, const struct machine *machine)
{
	const void *handed = machine->home.handed;
	int chosen = dt_find(handed, "/chosen");
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
	check_command_line(handed, chosen);
	return kernel_recognise((const void *)base, size, &payload->little_endian);
}

/* After other doors QEMU's property is stale: that kernel has run. */
static bool loaded_by_qemu(const struct machine *machine)
{
	const void *handed = machine->home.handed;

	return machine->home.door == DOOR_BIOS &&
	       dt_get(handed, dt_find(handed, "/chosen"), BOOT_KERNEL, NULL);
}

/* A boot bundle came with us, QEMU loaded a kernel, or a disk has a bundle. */
enum source { SOURCE_BUNDLE, SOURCE_QEMU, SOURCE_DISK };

static enum source find_source(const struct machine *machine)
{
	if (range_size(machine->home.bundle))
		return SOURCE_BUNDLE;
	return loaded_by_qemu(machine) ? SOURCE_QEMU : SOURCE_DISK;
}

static int find_payload(struct payload *payload, struct machine *machine, enum source source)
{
	struct devices *devices = devices_at(&machine->home);
	int rc;

	if (source == SOURCE_BUNDLE)
		return bundle_take(payload, machine);
	if (source == SOURCE_DISK)
		return disk_boot(payload, machine, &devices->bus, &devices->disk);
	if ((rc = find_kernel(payload, machine)) || (rc = initrd_find(&payload->initrd, machine)))
		return rc;
	rc = initrd_check(payload, machine);
	return rc ? rc : blob_find_archive(payload);
}

/* What lies beyond mem= is not there for Linux. */
static int check_limit(const struct payload *payload, uint64_t limit)
{
	const uint64_t kernel = payload->kernel_final.end, initrd = payload->initrd.end;

	return kernel <= limit && initrd <= limit ?
		       0 :
		       error(E_MEM_LIMIT, "they end at 0x%lx and 0x%lx", kernel, initrd);
}

static void report_memory(const struct machine *machine, const struct payload *payload)
{
	const struct home *home = &machine->home;
	const uint64_t tree = (uintptr_t)home->tree;

	evidence_map_all("before", "memory", &machine->outline.memory, "normal");
	evidence_map("before", "kernel", payload->kernel, "normal");
	evidence_map("before", "initrd", payload->initrd, "normal");
	evidence_map("before", "pefboot", home->image, "normal");
	evidence_map("before", "fdt", (struct range){ tree, tree + fdt_totalsize(home->tree) },
		     "normal");
	evidence_map("before", "rtas", (struct range){ home->rtas, home->rtas + RTAS_SPACE },
		     "normal");
}

int load(struct payload *payload, struct machine *machine)
{
	const enum source source = find_source(machine);
	int rc = devices_find(machine, source == SOURCE_DISK);

	*payload = (struct payload){ .options = machine->options };
	if (rc && source == SOURCE_DISK)
		return rc;
	if (rc)		/* none of them is needed */
		log_notice("notice: virtio devices left alone: E%d %s: %s", rc, error_what(rc),
			   error_text());
	if ((rc = find_payload(payload, machine, source)) ||
	    (rc = check_limit(payload, machine->limit)) || (rc = devices_stir(machine)))
		return rc;
	report_memory(machine, payload);
	log_step(STEP_LOAD, "from=%s kernel=0x%lx+0x%lx endian=%s initrd=0x%lx+0x%lx",
		 payload->from_disk ? "disk" : "memory", payload->kernel.start,
		 range_size(payload->kernel), payload->little_endian ? "little" : "big",
		 payload->initrd.start, range_size(payload->initrd));
	return 0;
}
