// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/bundle.h"

#include "boot/normal/cas.h"
#include "boot/normal/initrd.h"
#include "boot/normal/place.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/fail.h"
#include "lib/kernel.h"
#include "lib/log.h"
#include "lib/options_apply.h"
#include "lib/string.h"

/* As high as it goes, clear of everything and of @also, since the kernel moves itself to 0. */
static int find_place(struct range *place, const struct machine *machine, uint64_t size,
		      struct range also)
{
	struct ranges taken = { 2, { also } };
	int rc = initrd_find(&taken.item[1], machine);

	return rc ? rc :
		    place_find(place, machine, &taken, size, BUNDLE_ALIGN, E_BUNDLE_ROOM);
}

/*
 * The kernel is entered where its segments are in the file, unless the file does not lay them out
 * as memory: then they are copied.
 */
static int place_kernel(struct payload *payload, const struct machine *machine,
			const struct bundle *bundle)
{
	const uint8_t *file =
		(const uint8_t *)payload->bundle.start + bundle->part[BUNDLE_KERNEL].offset;
	uint64_t shift, size;
	struct elf elf;
	int rc = bundle_kernel(bundle, (const void *)payload->bundle.start, &elf);

	if (rc)
		return rc;
	size = elf.end - elf.start;
	payload->kernel_final = (struct range){ 0, size };
	if (elf_in_place(&elf, BUNDLE_ALIGN, &shift)) {
		payload->kernel =
			(struct range){ (uintptr_t)file + shift, (uintptr_t)file + shift + size };
	} else {
		rc = find_place(&payload->kernel, machine, size, payload->bundle);
		if (rc)
			return rc;
		elf_lay_out(&elf, file, (void *)payload->kernel.start);
		log_info("kernel=0x%lx segments=%u laid out", payload->kernel.start, elf.segments);
	}
	rc = kernel_recognise((const void *)payload->kernel.start, size, &payload->little_endian);
	if (rc == 0 && elf.entry != elf.start)
		rc = error(E_NOT_LINUX, "entry at offset 0x%lx, expected 0", elf.entry - elf.start);
	return rc;
}

static int check_final(const struct payload *payload, const struct machine *machine)
{
	const struct range final = payload->kernel_final;

	if (!ranges_contain(&machine->outline.memory, final) ||
	    range_overlaps(final, machine->home.all))
		return error(E_KERNEL_RANGE, "needs 0x%lx bytes from 0 on", final.end);
	return initrd_check(payload, machine);
}

/*
 * Kexec may have brought one beside the bundle. No digest covers it; the bundle's own comes first.
 */
static int find_initrd(struct payload *payload, const struct machine *machine,
		       const struct bundle_place *part)
{
	int rc = initrd_find(&payload->initrd, machine);

	if (rc)
		return rc;
	if (part->size && range_size(payload->initrd))
		log_notice("notice: the initrd beside the boot bundle is ignored: it has its own");
	if (part->size) {
		payload->initrd.start = payload->bundle.start + part->offset;
		payload->initrd.end = payload->initrd.start + part->size;
	} else if (range_size(payload->initrd) && payload->options.secure != SECURE_OFF) {
		return error(E_INITRD_BESIDE, "0x%lx bytes at 0x%lx", range_size(payload->initrd),
			     payload->initrd.start);
	}
	return 0;
}

static int check_root(const struct payload *payload, const char *cmdline)
{
	return range_size(payload->initrd) || linux_has_root(cmdline) ?
		       0 : error(E_NO_ROOT, "%pQ", cmdline);
}

/* The command line carries our options, too; the one in the tree is another boot's. */
static int read_cmdline(struct payload *payload, const struct bundle *bundle, char cmdline[])
{
	const struct bundle_place *part = &bundle->part[BUNDLE_CMDLINE];

	memcpy(cmdline, (const uint8_t *)payload->bundle.start + part->offset, part->size);
	cmdline[part->size] = '\0';
	if (strlen(cmdline) != part->size)
		return error(E_BUNDLE, "a NUL in its command line");
	return options_apply(&payload->options, cmdline);
}

/* The properties of /chosen that QEMU sets for what it loads itself. */
static int set_boot_data(const struct payload *payload, struct machine *machine,
			 const char *cmdline)
{
	void *tree = machine->home.tree;
	int chosen = dt_find(tree, "/chosen"), frc = chosen;

	if (frc >= 0)
		frc = fdt_setprop_string(tree, chosen, "bootargs", cmdline);
	if (frc == 0 && range_size(payload->initrd)) {
		frc = fdt_setprop_u64(tree, chosen, "linux,initrd-start", payload->initrd.start);
		if (frc == 0)
			frc = fdt_setprop_u64(tree, chosen, "linux,initrd-end",
					      payload->initrd.end);
	}
	return frc ? error(E_TREE_EDIT, "/chosen: %s", fdt_strerror(frc)) : 0;
}

/* The second read must agree with the first. */
static int check_again(const struct bundle *bundle, struct range place)
{
	struct bundle again;
	int rc = bundle_parse(&again, (const void *)place.start, bundle->total_size);

	again.file_offset = bundle->file_offset;
	if (rc == 0 && memcmp(&again, bundle, sizeof(again)) != 0)
		rc = error(E_BUNDLE, "its manifest changed while it was read");
	return rc;
}

/* What reading took, for the log. */
struct figures {
	uint64_t requests, polls, ticks;
};

static struct figures read_figures(const struct disk *disk)
{
	return (struct figures){ disk->host->requests, disk->host->queue.polls, timebase() };
}

static int read_image(struct payload *payload, struct disk *disk, struct extent extent,
		      const struct bundle *bundle, struct figures *took)
{
	struct figures since = read_figures(disk), now;
	int rc = disk_read(disk, extent.start + bundle->file_offset, (void *)payload->bundle.start,
			   bundle->total_size);

	now = read_figures(disk);
	*took = (struct figures){ now.requests - since.requests, now.polls - since.polls,
				  now.ticks - since.ticks };
	return rc ? rc : check_again(bundle, payload->bundle);
}

static int find_blob(struct payload *payload, const struct bundle *bundle)
{
	int rc = bundle_blob(&payload->blob, bundle, (const void *)payload->bundle.start);

	if (rc == 0 && range_size(payload->blob)) {
		payload->blob.start += payload->bundle.start;
		payload->blob.end += payload->bundle.start;
	}
	return rc;
}

/* Move the image if it is not aligned, or too high. */
static int move_down(struct range *place, const struct machine *machine)
{
	struct range found;
	int rc;

	if (place->start % BUNDLE_ALIGN == 0 && place->end <= REAL_MODE_CEILING &&
	    place->end <= machine->limit)
		return 0;
	rc = find_place(&found, machine, range_size(*place), *place);
	if (rc)
		return rc;
	memcpy((void *)found.start, (const void *)place->start, range_size(*place));
	log_info("bundle=0x%lx moved=0x%lx", place->start, found.start);
	*place = found;
	return 0;
}

/* A bundle that is in memory: what is in it, and the tree told of it. */
static int load_parts(struct payload *payload, struct machine *machine, const struct bundle *bundle)
{
	char cmdline[BUNDLE_CMDLINE_MAX + 1];
	int rc = read_cmdline(payload, bundle, cmdline);

	if (rc)
		return rc;
	machine->limit = payload->options.params.limit;
	if ((rc = move_down(&payload->bundle, machine)) ||
	    (rc = place_kernel(payload, machine, bundle)) ||
	    (rc = find_initrd(payload, machine, &bundle->part[BUNDLE_INITRD])) ||
	    (rc = find_blob(payload, bundle)) ||
	    (rc = check_root(payload, cmdline)) || (rc = check_final(payload, machine)))
		return rc;
	cas_check_params(machine, &payload->options);
	return set_boot_data(payload, machine, cmdline);
}

/*
 * How long the disk may take for the rest is the bundle's to say, before that is read, and where
 * the rest may lie.
 * @scratch: the partition table, which comes first in it, is still needed
 */
static int read_ahead(struct machine *machine, struct disk *disk, uint64_t image,
		      const struct bundle *bundle, uint8_t *scratch)
{
	const struct bundle_place *part = &bundle->part[BUNDLE_CMDLINE];
	char *cmdline = (char *)scratch + BUNDLE_CMDLINE_MAX + 1;
	struct options options;
	int rc = disk_read(disk, image + part->offset, cmdline, part->size);

	cmdline[part->size] = '\0';
	if (rc || options_parse(&options, cmdline))
		return rc;	/* load_parts() reports the option */
	if (options.disk_timeout)
		disk->host->queue.patience = options.disk_timeout;
	machine->limit = options.params.limit;
	return 0;
}

int bundle_load(struct payload *payload, struct machine *machine, struct disk *disk,
		struct extent extent, uint8_t head[BUNDLE_HEAD])
{
	struct bundle bundle;
	struct figures took;
	int rc;

	if (extent.size < BUNDLE_HEAD)
		return error(E_NO_BOOT_IMAGE, "%lu bytes are too few for one", extent.size);
	if ((rc = disk_read(disk, extent.start, head, BUNDLE_HEAD)) ||
	    (rc = bundle_parse_file(&bundle, head)))
		return rc;
	if (bundle.total_size > extent.size - bundle.file_offset)
		return error(E_BUNDLE_CUT, "0x%lx bytes, 0x%lx needed", extent.size,
			     bundle.file_offset + bundle.total_size);
	*payload = (struct payload){ .options = machine->options, .from_disk = true };
	if ((rc = read_ahead(machine, disk, extent.start + bundle.file_offset, &bundle, head)) ||
	    (rc = find_place(&payload->bundle, machine, bundle.total_size,
			     (struct range){ 0, 0 })) ||
	    (rc = read_image(payload, disk, extent, &bundle, &took)) ||
	    /* its command line has the log level */
	    (rc = load_parts(payload, machine, &bundle)))
		return rc;
	log_info("read=%s bytes=%lu requests=%lu polls=%lu ticks=%lu", extent.kind,
		 bundle.total_size, took.requests, took.polls, took.ticks);
	return 0;
}

int bundle_take(struct payload *payload, struct machine *machine)
{
	const uint64_t origin = machine->home.bundle.start;
	struct bundle bundle;
	int rc = bundle_parse(&bundle, (const void *)origin, BUNDLE_MANIFEST_END);

	if (rc)
		return rc;
	if (!range_make(&payload->bundle, origin, bundle.total_size) ||
	    !ranges_contain(&machine->outline.memory, payload->bundle))
		return error(E_BUNDLE, "0x%lx bytes at 0x%lx are not all in memory",
			     bundle.total_size, origin);
	/* Data and stack on our way home: measured as the zeros that the file has. */
	memset((void *)(origin + bundle.image_size), 0, bundle.image_memory - bundle.image_size);
	rc = move_down(&payload->bundle, machine);
	return rc ? rc : load_parts(payload, machine, &bundle);
}
