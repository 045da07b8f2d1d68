/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI, as far as the kernel needs help: bridges, described so that it scans behind them. */
#ifndef BOOT_NORMAL_PCI_H
#define BOOT_NORMAL_PCI_H

#include "boot/normal/machine.h"

/*
 * pci_describe_bridges() - give each PCI-PCI bridge of the tree its bus numbers and an I/O window.
 * QEMU numbers the buses (hw/ppc/spapr_pci.c spapr_phb_pci_enumerate) but only in config space;
 * without "bus-range" and "ranges" Linux does not scan them (arch/powerpc/kernel/pci_of_scan.c
 * of_scan_pci_bridge). Node offsets of machine->outline are stale afterwards.
 * Returns 0, E_PCI or E_TREE_EDIT.
 */
int pci_describe_bridges(struct machine *machine);

#endif /* BOOT_NORMAL_PCI_H */
