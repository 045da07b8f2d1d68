// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/disk.h"

#include "abi/virtio.h"
#include "boot/normal/bundle.h"
#include "boot/normal/disk_mbr.h"
#include "fdt/read.h"
#include "lib/fail.h"
#include "lib/format.h"
#include "lib/log.h"
#include "lib/parse.h"
#include "lib/string.h"

/* State of the search. */
struct search {
	struct payload *payload;
	struct machine *machine;
	struct disk_scratch *scratch;
	struct pci_bus *bus;
	int first_error;		/* reported if nothing is found; 0: no disk yet */
	bool strict;			/* no disk but those of the list */
	char text[160];
};

static const char *bus_name(const struct pci_function *function)
{
	return function->type == VIRTIO_ID_SCSI ? "scsi" : "blk";
}

/* A disk that will not do. The first one that is worse than empty is what the user must hear of. */
static void note_error(struct search *search, const struct pci_function *function, const char *kind,
		       int rc)
{
	log_line(rc == E_NO_BOOT_IMAGE ? LOG_INFO : LOG_NOTICE,
		 "notice: %s 0x%x (%s) left out: E%d %s: %s", bus_name(function),
		 function->config.address, kind, rc, error_what(rc), error_text());
	if (search->first_error &&
	    (search->first_error != E_NO_BOOT_IMAGE || rc == E_NO_BOOT_IMAGE))
		return;
	search->first_error = rc;
	format(search->text, sizeof(search->text), "%s 0x%x (%s): %s", bus_name(function),
	       function->config.address, kind, error_text());
}

static bool try_extent(struct search *search, struct disk *disk, struct extent extent)
{
	const struct pci_function *function = disk->host->device.function;
	int rc;

	log_info("boot=%s device=0x%x target=%u lun=%u part=%s start=0x%lx size=0x%lx",
		 bus_name(function), function->config.address, disk->unit.target, disk->unit.lun,
		 extent.kind, extent.start, extent.size);
	rc = bundle_load(search->payload, search->machine, disk, extent, search->scratch->head);
	if (rc)
		note_error(search, function, extent.kind, rc);
	search->scratch->kind = extent.kind;
	return rc == 0;
}

/* The whole disk, then its PReP partitions. True if something was loaded. */
static bool try_disk(struct search *search, struct disk *disk)
{
	struct disk_scratch *scratch = search->scratch;
	const struct extent whole = { 0, disk_size(disk), "disk" };
	uint64_t size = whole.size < BUNDLE_HEAD ? whole.size : BUNDLE_HEAD;
	struct extent extents[EXTENTS_MAX];
	uint32_t count = 0;
	int rc;

	memset(scratch->head, 0, sizeof(scratch->head));
	rc = disk_read(disk, 0, scratch->head, size);
	if (rc == 0 &&
	    bundle_present(scratch->head + BUNDLE_FILE_OFFSET, BUNDLE_HEAD - BUNDLE_FILE_OFFSET) &&
	    try_extent(search, disk, whole))
		return true;
	if (rc == 0)
		rc = mbr_find_prep(disk, scratch, extents, &count);
	if (rc == 0 && count == 0)
		rc = error(E_NO_BOOT_IMAGE, "no bundle, no PReP partition");
	if (rc)
		note_error(search, disk->host->device.function, whole.kind, rc);
	for (uint32_t i = 0; rc == 0 && i < count; i++)
		if (try_extent(search, disk, extents[i]))
			return true;
	return false;
}

/* The disks of an open host: one, or all. */
static bool try_units(struct search *search, struct disk_host *host, const struct disk_unit *only)
{
	struct disk_unit *unit = search->scratch->unit;
	uint32_t count = 1;
	int rc = 0;

	if (only)
		unit[0] = *only;
	else
		rc = disk_units(host, unit, UNITS_MAX, &count);
	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		struct disk disk;
		int one = disk_open(&disk, host, unit[i]);

		if (one)
			note_error(search, host->device.function, "disk", one);
		else if (try_disk(search, &disk))
			return true;
		rc = host->broken;
	}
	if (rc && !host->broken)
		note_error(search, host->device.function, "disk", rc);
	return false;
}

static bool try_function(struct search *search, const struct pci_function *function,
			 const struct disk_unit *only)
{
	struct disk_scratch *scratch = search->scratch;
	int rc = disk_host_open(&scratch->host, search->bus, function, scratch->dma);
	bool found;

	if (rc) {
		note_error(search, function, "disk", rc);
		return false;
	}
	log_info("device=0x%x bus=%s transport=%s features=0x%lx", function->config.address,
		 bus_name(function), scratch->host.device.modern ? "modern" : "legacy",
		 scratch->host.device.features);
	scratch->host.queue.patience = search->machine->options.disk_timeout ?: DISK_PATIENCE;
	found = try_units(search, &scratch->host, only);
	rc = disk_host_close(&scratch->host);
	if (rc)
		log_notice("notice: %s 0x%x does not close: E%d %s", bus_name(function),
			   function->config.address, rc, error_text());
	return found;
}

static bool try_type(struct search *search, uint32_t type)
{
	const struct pci_bus *bus = search->bus;

	for (uint32_t i = 0; i < bus->functions; i++)
		if (bus->function[i].type == type && try_function(search, &bus->function[i], NULL))
			return true;
	return false;
}

static const struct pci_function *find_function(const struct pci_bus *bus, int node)
{
	for (uint32_t i = 0; i < bus->functions; i++)
		if (bus->function[i].node == node && (bus->function[i].type == VIRTIO_ID_BLOCK ||
						      bus->function[i].type == VIRTIO_ID_SCSI))
			return &bus->function[i];
	return NULL;
}

/*
 * ".../disk@1TT00LLL00000000": hexadecimal, target and LUN (QEMU hw/ppc/spapr.c
 * spapr_get_fw_dev_path).
 */
static bool parse_unit(const char *at, const char *end, struct disk_unit *unit)
{
	uint64_t value;

	if (!parse_number(&at, end, 16, &value) || at != end)
		return false;
	*unit = (struct disk_unit){ (uint8_t)(value >> 48), (uint16_t)(value >> 32) };
	return value >> 56 == 1;
}

/* One path of qemu,boot-list; what is not ours (a network card, say) is passed over. */
static bool try_path(struct search *search, const char *path, size_t size)
{
	static const char unit_name[] = "/disk@";
	const struct pci_function *function;
	struct disk_unit unit, *only = NULL;
	size_t base = size;
	int node;

	while (base > 0 && path[base - 1] != '/')
		base--;
	if (base > 0 && size - (base - 1) > strlen(unit_name) &&
	    memcmp(path + base - 1, unit_name, strlen(unit_name)) == 0) {
		if (!parse_unit(path + base - 1 + strlen(unit_name), path + size, &unit))
			return false;
		only = &unit;
		size = base - 1;
	}
	node = fdt_path_offset_namelen(search->machine->home.tree, path, (int)size);
	function = node < 0 ? NULL : find_function(search->bus, node);
	if (!function)
		return false;
	return try_function(search, function, function->type == VIRTIO_ID_SCSI ? only : NULL);
}

/* Of /chosen as it was handed over: later trees do not have it. */
static const char *handed_text(const struct machine *machine, const char *name)
{
	const void *handed = machine->home.handed;

	return dt_string(handed, dt_find(handed, "/chosen"), name);
}

/*
 * The disk that Open Firmware has started us from: "bootpath" (IEEE 1275 3.5), with the file after
 * a colon.
 */
static bool try_boot_path(struct search *search)
{
	const char *path = handed_text(search->machine, "bootpath");
	const char *colon = path ? strchr(path, ':') : NULL;

	return path && try_path(search, path, colon ? (size_t)(colon - path) : strlen(path));
}

/*
 * -device ...,bootindex=: paths in their order, with blanks between them (QEMU hw/ppc/spapr.c
 * spapr_dt_chosen). With -boot strict=on the last is "HALT" (system/bootdevice.c
 * get_boot_devices_list()).
 */
static bool try_boot_list(struct search *search)
{
	const char *at = handed_text(search->machine, "qemu,boot-list");

	while (at && *at) {
		const char *blank = strchr(at, ' ');
		size_t size = blank ? (size_t)(blank - at) : strlen(at);

		search->strict |= size == 4 && memcmp(at, "HALT", size) == 0;
		if (size && try_path(search, at, size))
			return true;
		at += size + (blank != NULL);
	}
	return false;
}

/* What SLOF obeys beside the list: docs/prom-init.md */
static void say_ignored(const struct machine *machine)
{
	const void *handed = machine->home.handed;
	int chosen = dt_find(handed, "/chosen");

	if (dt_get(handed, chosen, "qemu,boot-device", NULL) ||
	    dt_get(handed, chosen, "qemu,boot-menu", NULL))
		log_notice("notice: -boot order= and menu= do nothing: use bootindex=");
}

/* Other firmware starts from more than is read here: say what that was. */
static int no_disk(const struct machine *machine)
{
	const char *from = handed_text(machine, "bootpath") ?:
			   handed_text(machine, "qemu,boot-list");

	return from ? error(E_NO_KERNEL, "no -kernel, and no virtio disk, but %pQ", from) :
		      error(E_NO_KERNEL, "no -kernel, and no virtio disk");
}

int disk_boot(struct payload *payload, struct machine *machine, struct pci_bus *bus,
	      struct disk_scratch *scratch)
{
	struct search search = {
		.payload = payload, .machine = machine, .scratch = scratch, .bus = bus
	};

	say_ignored(machine);
	if (try_boot_path(&search) || try_boot_list(&search) ||
	    (!search.strict &&
	     (try_type(&search, VIRTIO_ID_BLOCK) || try_type(&search, VIRTIO_ID_SCSI))))
		return 0;
	*payload = (struct payload){ 0 };
	if (!search.first_error)
		return no_disk(machine);
	return error(search.first_error, "%s", search.text);
}
