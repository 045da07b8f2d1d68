// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/devices.h"

#include "abi/virtio.h"
#include "boot/doors/door.h"
#include "fdt/read.h"
#include "lib/console.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/string.h"
#include "virtio/rng.h"

#define SEED	  "rng-seed"
#define SEED_SIZE 32U

struct devices *devices_at(const struct home *home)
{
	uintptr_t at = (uintptr_t)home->spare + TREE_SPACE - sizeof(struct devices);

	return (struct devices *)(at & ~(uintptr_t)(DEVICES_ALIGN - 1));
}

static void add_console(struct devices *devices, const struct pci_function *function)
{
	int rc = console_open(&devices->console, &devices->bus, function, devices->console_dma);

	if (rc) {
		log_notice("notice: console 0x%x left out: E%d %s: %s", function->config.address,
			   rc, error_what(rc), error_text());
		return;
	}
	console_also(console_put, &devices->console);
	log_info("console=0x%x", function->config.address);
}

/*
 * Opening resets a device, closing leaves it so. The next kernel would do it, too, but only to what
 * it has drivers for.
 */
static void reset_functions(struct devices *devices)
{
	struct virtio *device = &devices->disk.host.device;	/* not in use yet */
	uint32_t done = 0;

	for (uint32_t i = 0; i < devices->bus.functions; i++) {
		const struct pci_function *function = &devices->bus.function[i];
		int rc = virtio_open(device, &devices->bus, function, 0);

		if (rc == 0)
			rc = virtio_close(device);
		if (rc)
			log_notice("notice: virtio 0x%x not reset: E%d %s: %s",
				   function->config.address, rc, error_what(rc), error_text());
		else
			done++;
	}
	log_info("virtio=%u reset=%u", devices->bus.functions, done);
}

int devices_find(const struct machine *machine, bool disks)
{
	struct devices *devices = devices_at(&machine->home);
	int rc;

	if ((uintptr_t)machine->home.handed + fdt_totalsize(machine->home.handed) >
		    (uintptr_t)devices &&
	    machine->home.handed == machine->home.spare)
		return error(E_TOO_MANY, "a tree of %u bytes", fdt_totalsize(machine->home.handed));
	devices->bus.functions = 0;
	devices->console.open = false;
	if (machine->outline.pci_devices == 0 ||
	    (!disks && machine->outline.helpers == 0 && machine->home.door != DOOR_KEXEC))
		return 0;
	rc = bus_find(&devices->bus, machine->home.tree, TREE_SPACE);
	if (rc == 0 && machine->home.door == DOOR_KEXEC)
		reset_functions(devices);
	for (uint32_t i = 0; rc == 0 && i < devices->bus.functions && !devices->console.open; i++)
		if (devices->bus.function[i].type == VIRTIO_ID_CONSOLE)
			add_console(devices, &devices->bus.function[i]);
	if (rc)
		devices->bus.functions = 0;
	return rc;
}

static bool read_random(struct devices *devices, const struct pci_function *function,
			uint8_t seed[SEED_SIZE])
{
	struct disk_host *host = &devices->disk.host;	/* not in use now */
	uint8_t bytes[SEED_SIZE];
	int rc = rng_read(&host->device, &host->queue, &devices->bus, function, devices->disk.dma,
			  bytes, sizeof(bytes));

	if (rc) {
		log_notice("notice: rng 0x%x left out: E%d %s: %s", function->config.address, rc,
			   error_what(rc), error_text());
		return false;
	}
	for (uint32_t i = 0; i < SEED_SIZE; i++)
		seed[i] ^= bytes[i];
	return true;
}

int devices_stir(struct machine *machine)
{
	struct devices *devices = devices_at(&machine->home);
	void *tree = machine->home.tree;
	int chosen = dt_find(tree, "/chosen"), size, stirred = 0, frc;
	const uint8_t *old = dt_get(tree, chosen, SEED, &size);
	uint8_t seed[SEED_SIZE] = { 0 };

	for (uint32_t i = 0; i < devices->bus.functions; i++)
		if (devices->bus.function[i].type == VIRTIO_ID_RNG)
			stirred += read_random(devices, &devices->bus.function[i], seed);
	if (!stirred)
		return 0;
	for (uint32_t i = 0; old && i < (uint32_t)size; i++)
		seed[i % SEED_SIZE] ^= old[i];
	frc = fdt_setprop(tree, chosen, SEED, seed, sizeof(seed));
	memset(seed, 0, sizeof(seed));
	log_info("rng-seed=stirred devices=%d", stirred);
	return frc ? error(E_TREE_EDIT, "/chosen/" SEED ": %s", fdt_strerror(frc)) : 0;
}

void devices_quiesce(const struct machine *machine)
{
	struct devices *devices = devices_at(&machine->home);
	int rc;

	if (!devices->console.open)
		return;
	console_also(NULL, NULL);
	rc = console_close(&devices->console);
	if (rc)
		log_notice("notice: console does not close: E%d %s", rc, error_text());
}
