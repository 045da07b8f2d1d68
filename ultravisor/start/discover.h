/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads QEMU's device tree, which has been checked. What is wrong ends the run. */
#ifndef ULTRAVISOR_START_DISCOVER_H
#define ULTRAVISOR_START_DISCOVER_H

/*
 * CPUs, time base and windows of PCI host bridges, into machine. Stops with E_UV_TREE or E_UV_CPU.
 */
void discover_machine(const void *tree);

/* What QEMU must offer; what is missing is named: E_UV_CPU, E_UV_NO_NESTED, E_UV_XIVE. */
void discover_platform(const void *tree);

#endif /* ULTRAVISOR_START_DISCOVER_H */
