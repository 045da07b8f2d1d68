/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU's device tree says of the machine. The tree is checked; what is wrong ends the run. */
#ifndef ULTRAVISOR_START_DISCOVER_H
#define ULTRAVISOR_START_DISCOVER_H

/* Into machine: CPUs, time base, windows of PCI host bridges. E_UV_TREE, E_UV_CPU. */
void discover_machine(const void *tree);

/* What QEMU must offer, each named if it is missing: E_UV_CPU, E_UV_NO_NESTED, E_UV_XIVE. */
void discover_platform(const void *tree);

#endif /* ULTRAVISOR_START_DISCOVER_H */
