// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/measured.h"

#include "abi/image.h"
#include "abi/vtpm.h"
#include "boot/measured/eventlog.h"
#include "boot/measured/tpm2.h"
#include "boot/normal/devices.h"
#include "boot/normal/measured_disk.h"
#include "boot/normal/place.h"
#include "fdt/read.h"
#include "fdt/tpm.h"
#include "lib/arch.h"
#include "lib/bundle.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/format.h"
#include "lib/log.h"
#include "lib/string.h"

#define LOG_ROOM  0x10000UL
#define ALIGN	  0x10000UL
#define SEPARATED 8U		/* PCRs 0 to 7: what is the platform's */

struct measuring {
	struct machine *machine;
	const struct payload *payload;
	struct tpm2 tpm;
	struct eventlog log;
	bool started;		/* the TPM by us: nobody has measured before */
	struct bundle bundle;	/* total_size 0: there is none */
};

/* One bank's value for the log of the boot: SHA-256's, or the first one's. */
static void log_event(const struct measuring *measuring, uint32_t pcr, uint32_t type,
		      const struct digests *digests)
{
	enum bank bank = measuring->log.banks & 1U << BANK_SHA256 ?
				 BANK_SHA256 :
				 (enum bank)__builtin_ctz(measuring->log.banks);
	char text[HEX_SIZE(BANK_DIGEST_MAX)];

	if (!log_enabled(LOG_INFO))
		return;
	format_hex(text, digests->of[bank], bank_size(bank));
	log_info("pcr=%u event=0x%x digest=%s:%s", pcr, type, bank_name(bank), text);
}

/* @data goes into the register, @event into the log. */
static int measure(struct measuring *measuring, uint32_t pcr, uint32_t type, struct range data,
		   const void *event, size_t size)
{
	struct digests digests;
	int rc;

	banks_hash(&digests, measuring->log.banks, (const void *)data.start, range_size(data));
	rc = tpm2_extend(&measuring->tpm, pcr, measuring->log.banks, &digests);
	if (rc)
		return rc;
	log_event(measuring, pcr, type, &digests);
	return eventlog_add(&measuring->log, pcr, type, &digests, event, (uint32_t)size);
}

static int measure_named(struct measuring *measuring, uint32_t pcr, uint32_t type,
			 struct range data, const char *name)
{
	return measure(measuring, pcr, type, data, name, strlen(name));
}

static struct range bytes_at(const void *at, uint64_t size)
{
	return (struct range){ (uintptr_t)at, (uintptr_t)at + size };
}

/*
 * Whoever starts the TPM is what all trust begins with, and says so in PCR 0. After SLOF we are a
 * boot loader like others; a bundle that brought us is measured whole.
 */
static int measure_self(struct measuring *measuring, bool first)
{
	const uint8_t *image = (const uint8_t *)measuring->machine->home.image.start;
	const struct image_header *header = (const void *)(image + IMAGE_HEADER_AT);
	struct range self = bytes_at(image, be32_load(header->image_end));
	uint8_t blob[16];

	if (first != measuring->started)
		return 0;
	if (first) {	/* UEFI_PLATFORM_FIRMWARE_BLOB, which tools expect */
		le64_store(blob, self.start);
		le64_store(blob + 8, range_size(self));
		return measure(measuring, 0, EV_S_CRTM_CONTENTS, self, blob, sizeof(blob));
	}
	if (range_size(measuring->machine->home.bundle))
		return 0;
	return measure_named(measuring, 4, EV_COMPACT_HASH, self, "pefboot");
}

/* From here on: what others have made. */
static int separate(struct measuring *measuring)
{
	static const uint8_t separator[4] = { 0 };
	int rc = 0;

	for (uint32_t pcr = 0; rc == 0 && pcr < SEPARATED; pcr++)
		if (!(measuring->log.separated & 1U << pcr))
			rc = measure(measuring, pcr, EV_SEPARATOR,
				     bytes_at(separator, sizeof(separator)), separator,
				     sizeof(separator));
	return rc;
}

static int measure_partitions(struct measuring *measuring)
{
	struct disk_scratch *scratch = &devices_at(&measuring->machine->home)->disk;
	uint32_t type;
	struct range table;
	int rc;

	if (!measuring->payload->from_disk)
		return 0;
	rc = measured_disk_table(scratch, &type, &table);
	if (rc || range_size(table) == 0)
		return rc;
	return measure(measuring, 5, type, table, (const void *)table.start, range_size(table));
}

static struct range part_range(const struct measuring *measuring, enum bundle_part_index part)
{
	const struct bundle_place *place = &measuring->bundle.part[part];

	return bytes_at((const uint8_t *)measuring->payload->bundle.start + place->offset,
			place->size);
}

static int measure_bundle(struct measuring *measuring)
{
	const void *image = (const void *)measuring->payload->bundle.start;
	int rc;

	if (range_size(measuring->payload->bundle) == 0)
		return 0;
	rc = bundle_parse(&measuring->bundle, image, BUNDLE_MANIFEST_END);
	return rc ? rc : measure_named(measuring, 4, EV_COMPACT_HASH,
				       bytes_at(image, measuring->bundle.image_size), "bundle");
}

/* As GRUB has it: of the line itself, which the event repeats after its name. */
static int measure_cmdline(struct measuring *measuring)
{
	static const char name[] = "kernel_cmdline: ";
	const void *tree = measuring->machine->home.tree;
	const char *line = dt_string(tree, dt_find(tree, "/chosen"), "bootargs") ?: "";
	char event[sizeof(name) + BUNDLE_CMDLINE_MAX];

	format(event, sizeof(event), "%s%s", name, line);
	return measure_named(measuring, 8, EV_IPL, bytes_at(line, strlen(line)), event);
}

/* A bundle's kernel as the file that it is, QEMU's as it has been laid out in memory. */
static int measure_payload(struct measuring *measuring)
{
	const struct payload *payload = measuring->payload;
	struct range kernel = measuring->bundle.total_size ?
				      part_range(measuring, BUNDLE_KERNEL) :
				      payload->kernel;
	int rc = measure_named(measuring, 9, EV_IPL, kernel, "kernel");

	if (rc == 0 && range_size(payload->initrd))
		rc = measure_named(measuring, 9, EV_IPL, payload->initrd, "initrd");
	return rc;
}

static int measure_all(struct measuring *measuring)
{
	int rc;

	if ((rc = measure_self(measuring, true)) || (rc = separate(measuring)) ||
	    (rc = measure_self(measuring, false)) || (rc = measure_partitions(measuring)) ||
	    (rc = measure_bundle(measuring)) || (rc = measure_cmdline(measuring)) ||
	    (rc = measure_payload(measuring)))
		return rc;
	/* other firmware has done that itself, or wants it otherwise */
	return measuring->started ? tpm2_lock_platform(&measuring->tpm) : 0;
}

/*
 * Memory for the log that nobody else takes: a reservation of the tree. It replaces that of
 * @handed, which Open Firmware may have put where the kernel will be.
 */
static int place_log(struct range *place, struct machine *machine, const struct payload *payload,
		     struct range handed)
{
	struct ranges taken = { 4, { payload->kernel, payload->kernel_final, payload->initrd,
				     payload->bundle } };
	struct ranges *reserved = &machine->reserved;
	uint64_t size = range_size(handed) ?: LOG_ROOM;
	int rc = place_find(place, machine, &taken, size, ALIGN, E_TPM_LOG);

	if (rc)
		return rc;
	for (size_t i = 0; i < reserved->count; i++)
		if (reserved->item[i].start == handed.start)
			reserved->item[i] = (struct range){ 0, 0 };
	ranges_add(reserved, *place);	/* there was room in taken */
	return 0;
}

/* The log of whoever was here before, or a new one. */
static int open_log(struct measuring *measuring, struct range handed)
{
	struct range place;
	uint32_t banks;
	int rc = tpm2_banks(&measuring->tpm, &banks);

	if (rc || (rc = place_log(&place, measuring->machine, measuring->payload, handed)))
		return rc;
	if (range_size(handed) == 0)
		return eventlog_start(&measuring->log, (void *)place.start, LOG_ROOM, banks);
	memcpy((void *)place.start, (const void *)handed.start, range_size(handed));
	rc = eventlog_continue(&measuring->log, (void *)place.start, (uint32_t)range_size(place));
	if (rc == 0 && measuring->log.banks != banks)
		rc = error(E_TPM_LOG, "banks 0x%x, the TPM's are 0x%x", measuring->log.banks,
			   banks);
	return rc;
}

static int run_tpm(struct measuring *measuring, struct range handed)
{
	int rc;

	if (range_size(handed) == 0 && (rc = tpm2_start(&measuring->tpm, &measuring->started)))
		return rc;
	rc = open_log(measuring, handed);
	return rc ? rc : measure_all(measuring);
}

static int give_log(struct measuring *measuring, uint64_t since)
{
	const struct eventlog *log = &measuring->log;
	int frc = dt_give_tpm_log(measuring->machine->home.tree, bytes_at(log->at, log->room),
				  measuring->payload->little_endian);

	if (frc)
		return error(E_TREE_EDIT, "tpm-log: %s", fdt_strerror(frc));
	log_notice("tpm=%s banks=0x%x events=%u log=0x%lx+0x%x used=%u ticks=%lu",
		   measuring->started ? "started" : "continued", log->banks, log->events,
		   (uintptr_t)log->at, log->room, log->size, timebase() - since);
	return 0;
}

static int use_tpm(struct machine *machine, const struct payload *payload, int node)
{
	struct measuring measuring = { .machine = machine, .payload = payload };
	struct range handed = { 0, 0 };
	uint64_t since = timebase();
	struct dt_tpm tpm;
	int rc;

	if (dt_read_tpm(machine->home.tree, node, &tpm))
		return error(E_TPM_QUEUE, "the tree does not say where it is");
	if (machine->home.door == DOOR_OPEN_FIRMWARE)
		handed = dt_tpm_log(machine->home.tree, node);
	if (range_size(handed) && !ranges_contain(&machine->outline.memory, handed))
		return error(E_TPM_LOG, "0x%lx-0x%lx is not in memory", handed.start, handed.end);
	rc = vtpm_open(&measuring.tpm.vtpm, tpm.unit, tpm.liobn,
		       devices_at(&machine->home)->tpm);
	if (rc)
		return rc;
	rc = run_tpm(&measuring, handed);
	vtpm_close(&measuring.tpm.vtpm);
	return rc ? rc : give_log(&measuring, since);
}

int measured_boot(struct machine *machine, const struct payload *payload, bool secure)
{
	enum tpm_policy policy = payload->options.tpm;
	int node, rc;

	if (machine->home.door == DOOR_KEXEC || policy == TPM_OFF)
		return 0;
	node = machine->outline.tpm ? dt_find_tpm(machine->home.tree) : -1;
	if (node < 0)
		return policy == TPM_REQUIRED ? error(E_NO_TPM, "no IBM,vtpm20 in the tree") : 0;
	if (secure)
		rc = error(E_NO_TPM, "a secure guest gets none, since the TPM is the host's");
	else
		rc = use_tpm(machine, payload, node);
	if (rc == 0 || policy == TPM_REQUIRED)
		return rc;
	log_notice("notice: boot not measured: E%d %s: %s; %s", rc, error_what(rc), error_text(),
		   error_hint(rc));
	return 0;
}
