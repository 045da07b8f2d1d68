/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio devices that pefboot itself drives, and their end. */
#ifndef BOOT_NORMAL_DEVICES_H
#define BOOT_NORMAL_DEVICES_H

#include "boot/measured/vtpm.h"
#include "boot/normal/disk_scratch.h"
#include "boot/normal/machine.h"
#include "virtio/console.h"

#define DEVICES_ALIGN 4096

/*
 * Lies in home.spare, from its end down; at its beginning is the tree as it was handed over.
 * Devices reach what is called dma, and what is read from disk.
 */
struct devices {
	uint8_t console_dma[CONSOLE_MEMORY] __attribute__((aligned(DEVICES_ALIGN)));
	uint8_t tpm[VTPM_MEMORY] __attribute__((aligned(DEVICES_ALIGN)));
	struct disk_scratch disk;
	struct pci_bus bus;
	struct virtio_console console;
};
_Static_assert(sizeof(struct devices) + DEVICES_ALIGN <= TREE_SPACE, "home.spare");

/* Where they are: a function of home, there is no other state. */
struct devices *devices_at(const struct home *home);

/*
 * devices_find() - read the tree for virtio functions; the first virtio-console joins the log.
 * Those that kexec's kernel has used are reset.
 * @disks: disks are wanted; without them the tree is read only if it has a console or an rng, or
 *         after kexec
 * A console that does not work is reported in a notice. Returns 0, E_TOO_MANY or an error of
 * bus_find(); then there are none.
 */
int devices_find(const struct machine *machine, bool disks);

/*
 * devices_stir() - mix 32 bytes of each virtio-rng into /chosen/rng-seed, which the kernel starts
 * its generator with. Xor: the result is as good as the better of both. A device that does not work
 * is reported in a notice. Returns 0 or E_TREE_EDIT.
 */
int devices_stir(struct machine *machine);

/* Close what is still open: the console. After this nothing that pefboot drove can touch memory. */
void devices_quiesce(const struct machine *machine);

#endif /* BOOT_NORMAL_DEVICES_H */
